"""Confluence Data Center: its v1 API behind `Remote`.

Code that both servers share stands one package above. Nothing here knows Cloud.
"""
