"""The formats of bodies: as they are stored, as HTML for readers, and conversions between these.

It knows no routes. The stored format itself is the store's, in `store/storage_format.py`.
"""
