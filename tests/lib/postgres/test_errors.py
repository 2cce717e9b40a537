import errno
import os
from pathlib import Path

import pytest

from comanda.lib.postgres import PostgresError
from comanda.lib.postgres.errors import explain, speaking_of


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (
            '2026-01-02 03:04:05 UTC [7] FATAL:  could not write lock file "postmaster.pid": '
            "No space left on device\n",
            'Start failed: could not write lock file "postmaster.pid": No space left on device. '
            "The disk is full: free some space, then try again.",
        ),
        (
            "LOG:  starting\nFATAL:  could not map memory: Cannot allocate memory\nLOG:  bye\n",
            "Start failed: could not map memory: Cannot allocate memory. "
            "The machine has too little free memory: stop something, then try again.",
        ),
        (
            'LOG:  unrecognized configuration parameter "x" in file "a.conf" line 3\n'
            'FATAL:  configuration file "a.conf" contains errors\n',
            'Start failed: unrecognized configuration parameter "x" in file "a.conf" line 3; '
            'configuration file "a.conf" contains errors. Mend the settings file that it names.',
        ),
        (
            "psql:<stdin>:7: ERROR:  canceling statement due to lock timeout\n",
            "Start failed: canceling statement due to lock timeout. "
            "Someone is working on the database: stop every Comanda, then try again.",
        ),
        ("something odd\nhappened.\n", "Start failed: happened."),
        ("", "Start failed: it said nothing."),
    ],
)
def test_it_says_what_happened_and_what_to_do(output: str, expected: str) -> None:
    assert str(explain("Start failed", output)) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, "Writing failed (/data): No space left on device. The disk is full: free some space"),
        (errno.EROFS, "Writing failed (/data): Read-only file system. The disk is mounted read-only"),
        (errno.EIO, "Writing failed (/data): Input/output error."),
    ],
)
def test_it_turns_errors_of_the_system_into_words(number: int, expected: str) -> None:
    with pytest.raises(PostgresError) as caught, speaking_of("Writing failed", Path("/data")):
        raise OSError(number, os.strerror(number))

    assert str(caught.value).startswith(expected)
