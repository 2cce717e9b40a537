"""WooCommerce: REST API v3 of a shop on WordPress, and its webhooks.

https://woocommerce.github.io/woocommerce-rest-api-docs/
"""

from .client import WooCommerce

CONNECTOR = WooCommerce
