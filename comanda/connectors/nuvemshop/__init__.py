"""Nuvemshop (Brazil): REST API 2025-03 and its webhooks; Tiendanube is the same platform under another name.

https://tiendanube.github.io/api-documentation/intro
"""

from .client import Nuvemshop

CONNECTOR = Nuvemshop
