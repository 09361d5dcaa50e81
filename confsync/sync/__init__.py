"""The relation of a document and its page: fetch, compare, refuse, merge base and scope.

Pull, push and status share this package. A step of only one flow belongs to that flow's package.
"""
