"""The seed: contributions committed before and opened after, joined in the declared way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.canonical import sha256
from sampling.seed import Contribution, ContributionKind, InvalidSeed, commitment_of, is_independent, join
from tests.sampling.certificates import PLAN, contributions
from tests.sampling.people import people

FINGERPRINT, DIGEST = "0" * 64, "1" * 64
DICE = Contribution("骰子", ContributionKind.PUBLIC, "封存后当众掷", "", "3 5 2 6 1 1 4 2")


def committed(name: str, value: str, kind: ContributionKind = ContributionKind.COMMITTED) -> Contribution:
    """A contribution that opens its commitment, whatever the texts."""
    promised = sha256(f"seed-commitment-1\n{FINGERPRINT}\n{DIGEST}\n{name}\n{value}".encode("utf-8", "surrogatepass"))
    return Contribution(name, kind, "现场写下", promised, value)


BUYER, STATION, SERVER = (
    committed("购买方", "17"),
    committed("机构", "23"),
    committed("系统", "9", ContributionKind.SYSTEM),
)


def test_the_seed_is_the_hash_of_the_text_in_the_definition() -> None:
    assert join(FINGERPRINT, DIGEST, [BUYER, STATION, SERVER, DICE]) == sha256(
        f"seed-join-1\n{FINGERPRINT}\n{DIGEST}\n购买方\t17\n机构\t23\n系统\t9\n骰子\t3 5 2 6 1 1 4 2\n"
    )
    assert BUYER.commitment == commitment_of(FINGERPRINT, DIGEST, "购买方", "17")


@pytest.mark.parametrize(
    ("contributions", "enough"),
    [
        ([DICE], True),
        ([BUYER, STATION], True),
        ([SERVER, DICE], True),
        ([BUYER, STATION, SERVER], True),
        ([SERVER], False),
        ([BUYER], False),
        ([BUYER, SERVER], False),
    ],
)
def test_the_server_alone_never_decides(contributions: list[Contribution], enough: bool) -> None:
    assert is_independent([contribution.kind for contribution in contributions]) is enough
    if enough:
        assert len(join(FINGERPRINT, DIGEST, contributions)) == 64
    else:
        with pytest.raises(InvalidSeed, match="系统单独决定"):
            join(FINGERPRINT, DIGEST, contributions)


TWO_WAYS = [
    "",
    "3\n5",
    "3|5",
    "3\t5",
    " 3",
    "3 ",
    "\u30003",
    "3\u3000",
    "\u00a03",
    "3\u2028",
    "3\x85",
    "\ud800",
    "x" * 201,
]


@pytest.mark.parametrize("text", TWO_WAYS)
@pytest.mark.parametrize("field", ["name", "source", "value"])
def test_a_text_that_could_be_read_in_two_ways_is_refused(field: str, text: str) -> None:
    with pytest.raises(InvalidSeed, match="控制字符"):
        join(FINGERPRINT, DIGEST, [replace(DICE, **{field: text})])
    if field != "source":
        opened = committed(text, "5") if field == "name" else committed("甲", text)
        with pytest.raises(InvalidSeed, match="控制字符"):
            join(FINGERPRINT, DIGEST, [opened, BUYER, STATION])


def test_a_false_commitment_is_named() -> None:
    for wrong in (
        replace(BUYER, value="18"),
        replace(BUYER, name="别人"),
        replace(BUYER, commitment=""),
        replace(BUYER, commitment=BUYER.commitment.upper()),
        replace(DICE, commitment="0" * 64),
    ):
        with pytest.raises(InvalidSeed, match=f"「{wrong.name}」公布的数值与先前的承诺不符"):
            join(FINGERPRINT, DIGEST, [wrong, STATION, DICE])


def test_a_commitment_holds_for_one_list_and_one_plan() -> None:
    for fingerprint, digest in (("2" * 64, DIGEST), (FINGERPRINT, "2" * 64)):
        with pytest.raises(InvalidSeed, match="承诺不符"):
            join(fingerprint, digest, [BUYER, STATION])
        assert join(fingerprint, digest, [DICE]) != join(FINGERPRINT, DIGEST, [DICE])


def test_two_of_one_name_none_or_too_many_are_refused() -> None:
    with pytest.raises(InvalidSeed, match="同一个名称"):
        join(FINGERPRINT, DIGEST, [DICE, replace(DICE, value="4")])
    many = [replace(DICE, name=f"骰子{n}") for n in range(21)]
    assert join(FINGERPRINT, DIGEST, many[:20])
    for wrong in ([], many):
        with pytest.raises(InvalidSeed, match="1 到 20"):
            join(FINGERPRINT, DIGEST, wrong)


@given(st.lists(st.text("0123456789", min_size=1, max_size=4), min_size=2, max_size=5, unique=True))
def test_every_value_and_their_order_change_the_seed(values: list[str]) -> None:
    contributions = [replace(DICE, name=f"骰子{n}", value=value) for n, value in enumerate(values)]
    seed = join(FINGERPRINT, DIGEST, contributions)
    assert join(FINGERPRINT, DIGEST, contributions[::-1]) != seed
    for n, contribution in enumerate(contributions):
        changed = [*contributions[:n], replace(contribution, value=contribution.value + "0"), *contributions[n + 1 :]]
        assert join(FINGERPRINT, DIGEST, changed) != seed


def test_the_contributions_of_the_other_tests_are_true() -> None:
    frame = people(20)
    assert join("0" * 64, PLAN.digest(), [contributions(frame)[3]])
    with pytest.raises(InvalidSeed):
        join("0" * 64, PLAN.digest(), contributions(frame))
