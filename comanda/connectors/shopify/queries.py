"""What is asked of Shopify, in GraphQL: the fields of each record, and the questions made of them."""

VERSION = "2026-10"
_MONEY = "{shopMoney{amount currencyCode}}"
_ADDRESS = "{firstName lastName company phone}"
_LINE = f"""id name sku quantity originalUnitPriceSet{_MONEY}
discountAllocations{{allocatedAmountSet{_MONEY}}} taxLines{{priceSet{_MONEY}}}
product{{id productType category{{name}}}} variant{{id}} image{{url}}"""
_PERSON = f"""id firstName lastName locale tags updatedAt
defaultEmailAddress{{emailAddress marketingState marketingUpdatedAt}} defaultPhoneNumber{{phoneNumber}}
defaultAddress{_ADDRESS}"""
_ORDER = f"""id legacyResourceId name createdAt processedAt updatedAt cancelledAt test displayFinancialStatus
displayFulfillmentStatus currencyCode taxesIncluded totalPriceSet{_MONEY} totalDiscountsSet{_MONEY}
totalShippingPriceSet{_MONEY} totalTaxSet{_MONEY} totalRefundedSet{_MONEY} discountCodes
shippingLine{{title code discountedPriceSet{_MONEY} taxLines{{priceSet{_MONEY}}}}} paymentGatewayNames
email phone customerLocale customerAcceptsMarketing sourceName tags customer{{{_PERSON}}}
billingAddress{_ADDRESS} shippingAddress{_ADDRESS} transactions{{id kind status processedAt}}
fulfillments{{createdAt status}} refunds{{id createdAt note totalRefundedSet{_MONEY}}}"""
_PRODUCT = """id legacyResourceId title handle descriptionHtml vendor productType category{name} tags status
updatedAt onlineStoreUrl featuredMedia{preview{image{url}}}
priceRangeV2{minVariantPrice{amount currencyCode}}"""
_CART_LINE = f"""id title quantity sku variant{{id}} product{{id}} image{{url}}
originalUnitPriceSet{_MONEY} discountedTotalPriceSet{_MONEY}"""
_CART = f"""id abandonedCheckoutUrl createdAt updatedAt completedAt customer{{{_PERSON}}}
billingAddress{_ADDRESS} shippingAddress{_ADDRESS} totalPriceSet{_MONEY}"""

LINES = 30
"""Lines of an order that come with it; the others are asked for by themselves."""
NODES = {
    "orders": f"{_ORDER} lineItems(first:{LINES}){{nodes{{{_LINE}}} pageInfo{{hasNextPage endCursor}}}}",
    "customers": _PERSON,
    "products": f"{_PRODUCT} variants(first:20){{nodes{{id sku}}}}",
    "abandonedCheckouts": f"{_CART} lineItems(first:{LINES}){{nodes{{{_CART_LINE}}}}}",
}
TYPES = {
    "orders": "Order",
    "customers": "Customer",
    "products": "Product",
    "abandonedCheckouts": "AbandonedCheckout",
}
_IN_BULK = {
    "orders": f"{_ORDER} lineItems{{edges{{node{{{_LINE}}}}}}}",
    "customers": _PERSON,
    "products": f"{_PRODUCT} variants{{edges{{node{{id sku}}}}}}",
}
SLIM = f"""id legacyResourceId processedAt updatedAt cancelledAt test displayFinancialStatus
paymentGatewayNames currencyCode totalPriceSet{_MONEY}"""

SHOP = """{shop{id name myshopifyDomain primaryDomain{url} currencyCode ianaTimezone}
currentAppInstallation{accessScopes{handle}}}"""
SAMPLE = """{orders(first:10,sortKey:ID){nodes{id email}}
customers(first:10,sortKey:ID){nodes{id firstName defaultEmailAddress{emailAddress}}}
products(first:1){nodes{id}}}"""
CARTS_SAMPLE = "{abandonedCheckouts(first:1){nodes{id}}}"
MORE_LINES = f"""query($id:ID!,$after:String){{order(id:$id){{lineItems(first:100,after:$after)
{{nodes{{{_LINE}}} pageInfo{{hasNextPage endCursor}}}}}}}}"""
ORDER_OF = "query($query:String){orders(first:1,query:$query){nodes{id legacyResourceId}}}"
START_BULK = """mutation($query:String!){bulkOperationRunQuery(query:$query,groupObjects:true)
{bulkOperation{id status} userErrors{field message}}}"""
BULK_STATE = (
    """query($id:ID!){node(id:$id){... on BulkOperation{id status errorCode url fileSize objectCount}}}"""
)
HOOKS = """query($after:String){webhookSubscriptions(first:100,after:$after){nodes{id topic uri}
pageInfo{hasNextPage endCursor}}}"""
MAKE_HOOK = """mutation($topic:WebhookSubscriptionTopic!,$hook:WebhookSubscriptionInput!)
{webhookSubscriptionCreate(topic:$topic,webhookSubscription:$hook){userErrors{field message}}}"""
DROP_HOOK = "mutation($id:ID!){webhookSubscriptionDelete(id:$id){userErrors{field message}}}"


def listing(root: str, sort: str, fields: str = "") -> str:
    """A list of records, a page at a time."""
    return f"""query($first:Int!,$after:String,$query:String){{{root}(first:$first,after:$after,query:$query,
    sortKey:{sort}){{nodes{{{fields or NODES[root]}}} pageInfo{{hasNextPage endCursor}}}}}}"""


def by_ids(root: str) -> str:
    """Single records."""
    return f"query($ids:[ID!]!){{nodes(ids:$ids){{... on {TYPES[root]}{{{NODES[root]}}}}}}}"


def count(root: str) -> str:
    """How many records there are, as far as the shop counts."""
    return f"{{{root}Count{{count precision}}}}"


def bulk(root: str, words: str) -> str:
    """All records at once, as a file."""
    asked = f'(query:"{words}")' if words else ""
    return f"{{{root}{asked}{{edges{{node{{{_IN_BULK[root]}}}}}}}}}"
