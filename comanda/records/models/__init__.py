"""Every table of the domain, one noun a file."""

from .activity import Activity, Cursor
from .api_key import ApiKey, IdempotentRequest
from .audit import AuditEntry
from .authorisation import Authorisation
from .cart import Cart, CartLine
from .connection import Audit, Connection, ConnectionState, ShopCall, Sync, SyncState
from .contact import Consent, Contact, ContactIdentity, Tombstone
from .drafts import ImportDraft
from .grouping import ContactTag, Field, FieldKind, List, ListMember, Tag
from .imports import UNFINISHED, Import, ImportProblem, ImportState, ImportWrite
from .inbox import Inbox, InboxState
from .installation import Installation
from .one_time_link import OneTimeLink, Purpose
from .order import Order, OrderLine, Refund
from .preference import Preference
from .product import Product, ProductCount, ProductRevenue, ProductSales
from .progress import Progress
from .store import Store, StoreKind
from .user import Role, User

__all__ = [
    "UNFINISHED",
    "Activity",
    "ApiKey",
    "Audit",
    "AuditEntry",
    "Authorisation",
    "Cart",
    "CartLine",
    "Connection",
    "ConnectionState",
    "Consent",
    "Contact",
    "ContactIdentity",
    "ContactTag",
    "Cursor",
    "Field",
    "FieldKind",
    "IdempotentRequest",
    "Import",
    "ImportDraft",
    "ImportProblem",
    "ImportState",
    "ImportWrite",
    "Inbox",
    "InboxState",
    "Installation",
    "List",
    "ListMember",
    "OneTimeLink",
    "Order",
    "OrderLine",
    "Preference",
    "Product",
    "ProductCount",
    "ProductRevenue",
    "ProductSales",
    "Progress",
    "Purpose",
    "Refund",
    "Role",
    "ShopCall",
    "Store",
    "StoreKind",
    "Sync",
    "SyncState",
    "Tag",
    "Tombstone",
    "User",
]
