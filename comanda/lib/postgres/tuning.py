"""Settings of the cluster: how much memory it may use, and what is never traded for speed."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import psutil

MB = 1024**2
GB = 1024**3

# Given on the command line, where nothing can override them.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}

# Read after the user's own settings: Comanda relies on them.
FIXED = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "datestyle": "ISO, YMD",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "postgres-%Y%m%d-%H%M%S.log",
    "log_file_mode": "0600",
    "log_rotation_age": "1d",
    "log_rotation_size": "10MB",
}

# Read before the user's own settings.
_ALWAYS = {
    "max_connections": "100",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "wal_compression": "pglz",
    "wal_buffers": "16MB",
    "jit": "off",
    "random_page_cost": "1.1",
    "effective_io_concurrency": "64",
    "autovacuum": "on",
    "autovacuum_naptime": "20s",
    "autovacuum_vacuum_scale_factor": "0.05",
    "autovacuum_vacuum_insert_scale_factor": "0.1",
    "autovacuum_analyze_scale_factor": "0.02",
    "autovacuum_vacuum_cost_limit": "1000",
    # Statements and key values hold people's data, which must not outlive them in a log.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_line_prefix": "%m [%p] ",
}


@dataclass(frozen=True, slots=True)
class Machine:
    """What there is to share: bytes of memory (of the control group, where it is less), of
    /dev/shm and of the disk that holds the cluster, and processors."""

    memory: int
    shared_memory: int
    disk: int
    processors: int


def measure(folder: Path) -> Machine:
    """The machine as it is now; ``folder`` is on the disk that counts."""
    # Only its size is asked for.
    shared = Path("/dev/shm")  # noqa: S108
    return Machine(
        memory=min(
            [psutil.virtual_memory().total, *memory_limits(Path("/proc/self/cgroup"), Path("/sys/fs/cgroup"))]
        ),
        shared_memory=shutil.disk_usage(shared).total if shared.exists() else GB,
        disk=shutil.disk_usage(folder).total,
        processors=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
    )


def memory_limits(membership: Path, mount: Path) -> list[int]:
    """Memory limits, in bytes, of the control groups (version 1 or 2) listed in ``membership``
    and of all groups above them. https://docs.kernel.org/admin-guide/cgroup-v2.html"""
    limits = []
    for line in _read(membership).splitlines():
        _, controllers, group = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        root = mount / "memory" if controllers else mount
        name = "memory.limit_in_bytes" if controllers else "memory.max"
        folder = root / group.lstrip("/")
        for place in (folder, *folder.parents):
            if place.is_relative_to(root) and (text := _read(place / name).strip()).isdigit():
                limits.append(int(text))
    return limits


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def settings(machine: Machine) -> dict[str, str]:
    """Settings for a machine that Comanda and its columnar mirror share with the cluster."""
    memory, processors = machine.memory, machine.processors
    shared_buffers = _between(32 * MB, memory // 8, 4 * GB)
    maintenance = _between(32 * MB, memory // 16, GB)
    return {
        **_ALWAYS,
        "shared_buffers": _megabytes(shared_buffers),
        "effective_cache_size": _megabytes(max(memory // 2, shared_buffers)),
        "work_mem": _megabytes(_between(4 * MB, memory // 256, 64 * MB)),
        "maintenance_work_mem": _megabytes(maintenance),
        "autovacuum_work_mem": _megabytes(_between(16 * MB, maintenance // 4, 256 * MB)),
        "max_wal_size": _megabytes(_between(256 * MB, machine.disk // 10, 4 * GB)),
        "min_wal_size": _megabytes(_between(80 * MB, machine.disk // 40, GB)),
        "max_parallel_workers": str(processors),
        "max_parallel_workers_per_gather": str(_between(0, processors // 2, 4)),
        "max_parallel_maintenance_workers": str(_between(1, processors // 2, 4)),
        # Containers often have only 64 MB of /dev/shm, which one parallel hash join can fill.
        "dynamic_shared_memory_type": "posix" if machine.shared_memory >= GB // 2 else "sysv",
    }


def _between(least: int, wish: int, most: int) -> int:
    return max(least, min(wish, most))


def _megabytes(size: int) -> str:
    return f"{size // MB}MB"
