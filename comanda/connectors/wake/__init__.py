"""Wake Commerce, which was Fbits: its public REST API, and webhooks by subscription.

https://wakecommerce.readme.io/
"""

from .client import Wake

CONNECTOR = Wake
