"""Tray Commerce: the API of one store, its OAuth with tokens that rotate, and its notifications.

https://developers.tray.com.br/
"""

from .client import Tray

CONNECTOR = Tray
