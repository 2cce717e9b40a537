"""The one door for data (see ``door``)."""

from .cause import Cause, StoreRef
from .door import LIMIT, Shape, upsert
from .rehearsal import Rehearsal

__all__ = ["LIMIT", "Cause", "Rehearsal", "Shape", "StoreRef", "upsert"]
