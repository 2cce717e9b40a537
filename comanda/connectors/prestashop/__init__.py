"""PrestaShop 8: the webservice of the core, which tells of nothing by itself.

https://devdocs.prestashop-project.org/8/webservice/
"""

from .client import PrestaShop

CONNECTOR = PrestaShop
