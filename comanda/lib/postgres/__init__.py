"""The PostgreSQL that Comanda brings along: started, shared, watched, stopped, backed up.

``start`` gives a handle on the cluster below the data folder; the last handle on the machine to be
given up stops it. ``dump`` and ``restore`` work on any PostgreSQL, not only on this one.
"""

from comanda.lib.postgres.dump import dump, restore
from comanda.lib.postgres.errors import PostgresError
from comanda.lib.postgres.server import Server, start

__all__ = ["PostgresError", "Server", "dump", "restore", "start"]
