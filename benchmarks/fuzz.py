"""Reads damaged ledgers for minutes: `python -m benchmarks.fuzz 5` with new random seeds, printed when one fails.

Files are read in a second process, so that an abort or a hang of the native parser is seen and its file is known.
"""

from __future__ import annotations

import multiprocessing
import random
import secrets
import sys
import time
from collections import Counter
from multiprocessing.connection import Connection

from app.ledger.reader.errors import LedgerFileError, Limits
from tests.app.ledger.reader.corpus import read_table
from tests.app.ledger.reader.mutations import SAMPLES, mutated

_SECONDS = 20


def _read(requests: Connection) -> None:
    """Answer each seed with the outcome of its file, until the other side closes."""
    kinds = list(SAMPLES)
    while True:
        try:
            seed = requests.recv()
        except EOFError:
            return
        try:
            read_table(mutated(kinds[seed % len(kinds)], random.Random(seed)), "a", limits=Limits())
            requests.send("read")
        except LedgerFileError as refusal:
            requests.send(refusal.code)
        except BaseException as error:
            requests.send(f"FAILED {error!r}")


def _reader() -> tuple[multiprocessing.Process, Connection]:
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_read, args=(there,), daemon=True)
    process.start()
    there.close()
    return process, here


def _outcome(connection: Connection, seed: int) -> str:
    connection.send(seed)
    if not connection.poll(_SECONDS):
        return f"FAILED no answer within {_SECONDS} s"
    try:
        return str(connection.recv())
    except EOFError:
        return "FAILED the process ended"


def main(minutes: float) -> int:
    """Read for so long; the outcomes by number, and a failure's seed as soon as it is found."""
    counts = Counter[str]()
    process, connection = _reader()
    end = time.monotonic() + minutes * 60
    while time.monotonic() < end:
        seed = secrets.randbits(48)
        outcome = _outcome(connection, seed)
        counts[outcome.split()[0]] += 1
        if outcome.startswith("FAILED"):
            print(f"seed {seed}: {outcome}", flush=True)
            process.kill()
            process, connection = _reader()
    process.kill()
    print(f"{counts.total():,} files: " + ", ".join(f"{outcome} {count:,}" for outcome, count in counts.most_common()))
    return 1 if counts["FAILED"] else 0


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 5))
