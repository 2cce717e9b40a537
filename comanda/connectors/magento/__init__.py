"""Magento 2 and Adobe Commerce: REST V1, signed by an integration's keys.

https://developer.adobe.com/commerce/webapi/rest/
"""

from .client import Magento

CONNECTOR = Magento
