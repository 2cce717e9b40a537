"""Shopify: the Admin GraphQL API, its bulk operations and its webhooks.

https://shopify.dev/docs/api/admin-graphql
"""

from .client import Shopify

CONNECTOR = Shopify
