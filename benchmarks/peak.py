"""The most memory that this process has held."""

import re
from pathlib import Path


def megabytes() -> float:
    """From Linux's own books of the process (proc(5), VmHWM).

    Not ``ru_maxrss``: a process that another one starts inherits that one's peak.
    """
    (kilobytes,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(kilobytes) / 1024
