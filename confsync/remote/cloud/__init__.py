"""Confluence Cloud: its v2 API behind `Remote`.

Code that both servers share stands one package above. Nothing here knows Data Center.
"""
