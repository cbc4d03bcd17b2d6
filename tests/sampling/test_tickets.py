"""A ticket is a hash that anybody can compute."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.tickets import ticket, ticketer
from tests.sampling.people import key_of

SEED = "fc225b64a52666cd" * 4


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum here")
@pytest.mark.parametrize("seed", [SEED, "dice 3 5 2 6 1 1 4 2", "骰子"])
def test_a_ticket_is_what_sha256sum_says(seed: str) -> None:
    output = subprocess.run(["sha256sum"], input=f"{seed}|{key_of(1)}".encode(), capture_output=True, check=True).stdout
    assert output.decode().split()[0] == ticket(seed, key_of(1))


@given(st.text("0123456789abcdef", min_size=1, max_size=40), st.text("0123456789abcdef", max_size=40))
def test_one_by_one_or_for_a_whole_frame_is_the_same(seed: str, key: str) -> None:
    assert ticketer(seed)(key) == ticket(seed, key)


def test_another_seed_or_key_gives_another_ticket() -> None:
    tickets = {ticket(f"{seed}", key_of(number)) for seed in range(30) for number in range(30)}
    assert len(tickets) == 900
