from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comanda.lib.postgres import tuning
from comanda.lib.postgres.tuning import GB, MB, Machine

MEMORY_SETTINGS = (
    "shared_buffers",
    "effective_cache_size",
    "work_mem",
    "maintenance_work_mem",
    "autovacuum_work_mem",
    "max_wal_size",
    "min_wal_size",
)


def sizes(machine: Machine) -> list[int]:
    """Those settings, in megabytes."""
    chosen = tuning.settings(machine)
    return [int(chosen[name].removesuffix("MB")) for name in MEMORY_SETTINGS]


@pytest.mark.parametrize(
    ("memory", "disk", "expected"),
    [
        (256 * MB, 8 * GB, [32, 128, 4, 32, 16, 819, 204]),
        (2 * GB, 20 * GB, [256, 1024, 8, 128, 32, 2048, 512]),
        (16 * GB, 500 * GB, [2048, 8192, 64, 1024, 256, 4096, 1024]),
        (1024 * GB, 9000 * GB, [4096, 524288, 64, 1024, 256, 4096, 1024]),
    ],
)
def test_it_suits_the_machine(memory: int, disk: int, expected: list[int]) -> None:
    assert sizes(Machine(memory, GB, disk, 2)) == expected


@given(st.integers(64 * MB, 2**50), st.integers(1 * GB, 2**60), st.integers(1, 512))
def test_it_never_asks_for_more_than_there_is(memory: int, disk: int, processors: int) -> None:
    machine = Machine(memory, GB, disk, processors)
    shared_buffers, _, work_mem, maintenance, autovacuum, most_wal, least_wal = sizes(machine)

    assert (shared_buffers + maintenance + autovacuum) * MB <= memory * 1.5
    assert work_mem <= 64
    assert least_wal <= most_wal <= 4096
    assert most_wal * MB <= max(disk // 10, 256 * MB)
    assert int(tuning.settings(machine)["max_parallel_workers"]) == processors


def test_it_spares_the_small_shared_memory_of_containers() -> None:
    kinds = [
        tuning.settings(Machine(GB, shared, GB, 1))["dynamic_shared_memory_type"] for shared in (64 * MB, GB)
    ]

    assert kinds == ["sysv", "posix"]


def test_it_measures_this_machine(tmp_path: Path) -> None:
    machine = tuning.measure(tmp_path)

    assert machine.memory > 64 * MB
    assert machine.disk > 0
    assert machine.processors >= 1


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_it_heeds_the_limits_of_all_control_groups_above(tmp_path: Path) -> None:
    write(tmp_path / "membership", "0::/system.slice/comanda.service\n")
    write(tmp_path / "mount/system.slice/comanda.service/memory.max", "max\n")
    write(tmp_path / "mount/system.slice/memory.max", "1073741824\n")
    write(tmp_path / "mount/memory.max", "2147483648\n")

    assert tuning.memory_limits(tmp_path / "membership", tmp_path / "mount") == [GB, 2 * GB]


def test_it_heeds_control_groups_of_version_one(tmp_path: Path) -> None:
    write(tmp_path / "membership", "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n0::/docker/abc\n")
    write(tmp_path / "mount/memory/docker/abc/memory.limit_in_bytes", "536870912\n")
    write(tmp_path / "mount/cpu/docker/abc/memory.limit_in_bytes", "1\n")

    assert tuning.memory_limits(tmp_path / "membership", tmp_path / "mount") == [512 * MB]


def test_it_knows_no_limit_where_there_are_no_control_groups(tmp_path: Path) -> None:
    assert tuning.memory_limits(tmp_path / "absent", tmp_path / "absent") == []
