"""The one door for data (see ``door``)."""

from .cause import Cause, StoreRef
from .door import LIMIT, Shape, upsert

__all__ = ["LIMIT", "Cause", "Shape", "StoreRef", "upsert"]
