"""The deletion of pages by a push: which pages a person deleted, and what the server is asked.

A page goes only if its document and the server have exactly what the person saw. Documents that
are sent have no place here.
"""
