"""What both sides are to each other: fetch, compare, refuse, find the base of a merge, the scope.

Pull, push and status share this room. A step that only one of the flows takes belongs to that flow.
"""
