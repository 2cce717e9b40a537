"""The one door for data (see ``door``)."""

from .cause import Cause, StoreRef
from .door import LIMIT, Checked, Shape, check, upsert
from .rehearsal import Rehearsal

__all__ = ["LIMIT", "Cause", "Checked", "Rehearsal", "Shape", "StoreRef", "check", "upsert"]
