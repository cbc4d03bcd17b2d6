"""A certificate re-checks, one changed character anywhere is found, and the check that finds it is the one meant."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sampling.canonical import canonical_json
from sampling.certificate import Evidence, Mismatch, check, check_with_frame, keys_of, verify
from sampling.checks import content_digest, register_of
from sampling.differences import SHOWN, CertificateCheck
from sampling.plan import Factor, Method, Plan, Protocol
from sampling.rule import Reading
from sampling.schema import FORMAT
from sampling.tickets import ticket
from tests.sampling.any_json import JSON
from tests.sampling.certificates import a_round, contributions
from tests.sampling.people import mixed, people

FRAME = people(300)
ROUND = a_round(FRAME)
CERTIFICATE = ROUND.certificate
KEYS = keys_of(CERTIFICATE)
RELEASED = ROUND.replaced(KEYS[0], KEYS[40], KEYS[1])
QUEUES = a_round(mixed(300), Plan(100, general=20, strata=(Factor.VILLAGE,), overlap=30))


def at(document: Any, path: tuple[Any, ...]) -> Any:
    """The value at a path of keys and indices."""
    for step in path:
        document = document[step]
    return document


def changed(certificate: dict[str, Any], change: Callable[[dict[str, Any]], object], renew: bool = True) -> Any:
    """A changed copy; with its digest and register renewed, as a forger would."""
    forged = copy.deepcopy(certificate)
    change(forged)
    if renew:
        forged["digest"] = content_digest(forged)
        forged["register"] = register_of(forged["digest"], forged["replacements"])
    return forged


def failed(certificate: object, frame: list[Any] | None = None) -> set[str]:
    """The names of the checks that fail."""
    try:
        check(certificate) if frame is None else check_with_frame(certificate, frame)
    except Mismatch as mismatch:
        return {str(name) for name in mismatch.checks}
    return set()


def places(mismatch: pytest.ExceptionInfo[Mismatch]) -> list[str]:
    """Where the differences are."""
    return [difference.place for difference in mismatch.value.differences]


SPREAD = {"priority": 12, "general": 30}
PLANS = [
    (Plan(100), Reading.PRIORITY),
    (Plan(120, strata=()), Reading.EVERYONE),
    (Plan(100, strata=tuple(Factor), method=Method.EQUAL), Reading.EVERYONE),
    (Plan(130, general=30, strata=(Factor.AREA, Factor.GROUP), method=Method.POWER, area_minimum=40), Reading.PRIORITY),
    (Plan(110, strata=(Factor.PRIORITY,), method=Method.NEYMAN, stddev=SPREAD), Reading.EVERYONE),
    (Plan(100, overlap=0), Reading.PRIORITY),
    (Plan(100, general=20, overlap=30, protocol=Protocol.BLOCK, block=5), Reading.PRIORITY),
    (Plan(100, overlap=100, protocol=Protocol.NONE), Reading.EVERYONE),
]


@pytest.mark.parametrize(("plan", "reading"), PLANS, ids=range(len(PLANS)))
def test_a_true_certificate_gives_evidence(plan: Plan, reading: Reading) -> None:
    drawing = a_round(mixed(300), plan, reading)
    keys = keys_of(drawing.certificate)
    evidence = verify(drawing.certificate, reversed(drawing.frame), keys)
    assert (evidence.size, evidence.general, evidence.released) == (plan.size, plan.general, 0)
    assert (evidence.required, evidence.cases, evidence.reading) == (100, plan.size + plan.general, reading)
    assert (evidence.digest, evidence.register) == (drawing.certificate["digest"], drawing.certificate["register"])
    if plan.protocol is not Protocol.NONE:
        later = drawing.replaced(keys[0], keys[-1], keys[5])
        assert later["digest"] == drawing.certificate["digest"]
        assert later["register"] != drawing.certificate["register"]
        assert verify(later, drawing.frame, keys_of(later)).released == 3


@pytest.mark.parametrize("count", [1, 99, 100, 101])
def test_below_a_hundred_the_certificate_covers_everyone(count: int) -> None:
    drawing = a_round(people(count), Plan(min(count, 100)))
    evidence = verify(drawing.certificate, drawing.frame, keys_of(drawing.certificate))
    assert evidence.required == evidence.cases == min(count, 100)
    assert drawing.certificate["rule"]["full_coverage"] is (count <= 100)
    if count > 1:
        fewer = changed(drawing.certificate, lambda c: c["plan"].update(size=min(count, 100) - 1))
        assert "rule" in failed(fewer)


def test_evidence_cannot_be_made_by_hand() -> None:
    with pytest.raises(TypeError, match="verify alone"):
        Evidence("d", "r", "f", Reading.PRIORITY, 100, 100, 0, 0, 100)


def scalars(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value that holds no others."""
    if isinstance(value, dict | list) and value:
        steps = value if isinstance(value, dict) else range(len(value))
        return [scalar for step in steps for scalar in scalars(value[step], (*path, step))]
    return [path]


# Every field, of the first two people of each queue.
PATHS = [path for path in scalars(RELEASED) if "drawn" not in path or path[path.index("drawn") + 1] < 2]


def another(value: Any) -> Any:
    """A value of the same kind that differs in one character, or one more."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str):
        return ("1" if value[:1] != "1" else "2") + value[1:]
    return {"x": 1} if value == {} else ["x"] if value == [] else 0


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ".".join(map(str, path)))
def test_one_changed_character_is_found(path: tuple[Any, ...]) -> None:
    def change(certificate: dict[str, Any]) -> None:
        at(certificate, path[:-1])[path[-1]] = another(at(certificate, path))

    altered = changed(RELEASED, change, renew=False)
    with pytest.raises(Mismatch) as mismatch:
        check(altered)
    named = {str(path[0]), "digest", "register"}
    assert any(place.split(".")[0].split("[")[0] in named for place in places(mismatch))


def swap(items: list[Any], first: int = 0, second: int = 1) -> None:
    """Exchange two of a list."""
    items[first], items[second] = items[second], items[first]


def queue_of(certificate: dict[str, Any], stratum: int = 0, queue: int = 0) -> dict[str, Any]:
    """A queue of a stratum."""
    entry: dict[str, Any] = certificate["strata"][stratum]["queues"][queue]
    return entry


FORGERIES: dict[str, tuple[set[str], Callable[[dict[str, Any]], object]]] = {
    "another format": ({"shape"}, lambda c: c.update(format="draw-certificate-1")),
    "an algorithm nobody knows": ({"shape"}, lambda c: c.update(algorithm="ticket-md5")),
    "a field too many": ({"shape"}, lambda c: c["rule"].update(note="")),
    "a ticket in upper case": (
        {"shape"},
        lambda c: queue_of(c)["drawn"][0].update(ticket=queue_of(c)["drawn"][0]["ticket"].upper()),
    ),
    "a plan nobody can have": ({"shape"}, lambda c: c["plan"].update(overlap=101)),
    "a text with a line feed": ({"shape"}, lambda c: c.update(evaluation="a\nb")),
    "a smaller requirement": ({"rule"}, lambda c: c["rule"].update(required=99)),
    "full coverage claimed": ({"rule"}, lambda c: c["rule"].update(full_coverage=True)),
    "strata out of order": ({"strata"}, lambda c: swap(c["strata"])),
    "an unknown queue": ({"strata"}, lambda c: queue_of(c).update(queue="new")),
    "a spread for no stratum": (
        {"strata", "seed"},
        lambda c: c["plan"].update(method="neyman", spread={"0101": 1}),
    ),
    "another method": ({"allocation", "seed"}, lambda c: c["plan"].update(method="equal")),
    "one person fewer drawn": ({"allocation"}, lambda c: queue_of(c)["drawn"].pop()),
    "another allocation": ({"allocation"}, lambda c: c["strata"][0].update(allocated=16)),
    "a seed of one's own": ({"seed", "tickets"}, lambda c: c["seed"].update(value="0" * 64)),
    "a value changed afterwards": ({"seed"}, lambda c: c["seed"]["contributions"][0].update(value="1")),
    "dice thrown again": ({"seed"}, lambda c: c["seed"]["contributions"][3].update(value="6 6 6 6 6 6 6 6")),
    "only the server's contribution": (
        {"seed"},
        lambda c: c["seed"].update(contributions=c["seed"]["contributions"][2:3]),
    ),
    "contributions in another order": ({"seed"}, lambda c: swap(c["seed"]["contributions"])),
    "a ticket of one's own": ({"tickets"}, lambda c: queue_of(c)["drawn"][0].update(ticket="0" * 64)),
    "people in another order": ({"tickets"}, lambda c: swap(queue_of(c)["drawn"])),
    "a person twice": (
        {"tickets"},
        lambda c: queue_of(c)["drawn"].__setitem__(1, dict(queue_of(c)["drawn"][0])),
    ),
}


@pytest.mark.parametrize(("checks", "change"), FORGERIES.values(), ids=FORGERIES)
def test_the_check_that_fails_is_the_one_meant(checks: set[str], change: Callable[[dict[str, Any]], object]) -> None:
    assert failed(changed(CERTIFICATE, change)) == checks


def test_a_size_below_the_rule_is_found() -> None:
    """Also when sample, seed and tickets were made for it."""
    for size in (99, 301):
        forged = changed(CERTIFICATE, lambda c, size=size: c["plan"].update(size=size))
        assert "rule" in failed(forged)
        assert "allocation" not in failed(forged)
    fewer = a_round(people(300), Plan(99))
    assert failed(fewer.certificate, fewer.frame) == {"rule"}


def test_general_recipients_beyond_those_there_are_are_found() -> None:
    assert "rule" in failed(changed(CERTIFICATE, lambda c: c["plan"].update(general=1)))
    assert failed(QUEUES.certificate, QUEUES.frame) == set()
    assert "rule" in failed(changed(QUEUES.certificate, lambda c: c["rule"].update(reading="everyone")))


REPLACED: dict[str, tuple[set[str], Callable[[dict[str, Any]], object]]] = {
    "out of order": ({"tickets"}, lambda c: swap(c["replacements"], 0, 2)),
    "for somebody of another stratum": ({"replacements"}, lambda c: c["replacements"][0].update(replaces=KEYS[40])),
    "for nobody": ({"replacements"}, lambda c: c["replacements"][0].update(replaces="0" * 32)),
    "for the same person twice": ({"replacements"}, lambda c: c["replacements"][2].update(replaces=KEYS[0])),
    "for themselves": (
        {"replacements"},
        lambda c: c["replacements"][0].update(replaces=c["replacements"][0]["key"]),
    ),
    "in another stratum": (
        {"replacements"},
        lambda c: c["replacements"][1].update(stratum=c["replacements"][0]["stratum"]),
    ),
    "in no stratum": ({"replacements"}, lambda c: c["replacements"][0].update(stratum="none")),
    "in no queue": ({"replacements"}, lambda c: c["replacements"][0].update(queue="new")),
    "somebody of the sample": (
        {"tickets"},
        lambda c: c["replacements"][0].update(queue_of(c)["drawn"][2]),
    ),
}


@pytest.mark.parametrize(("checks", "change"), REPLACED.values(), ids=REPLACED)
def test_a_false_replacement_is_found(checks: set[str], change: Callable[[dict[str, Any]], object]) -> None:
    assert checks <= failed(changed(RELEASED, change)) <= {"tickets", "replacements"}


def test_a_replacement_that_skips_somebody_is_found_by_the_frame() -> None:
    cell = ("0101", "all")
    order, number = ROUND.queue(cell), ROUND.allocation["0101", "all"]
    ticket_, key = order[number + 1]
    skipped = changed(ROUND.replaced(KEYS[0]), lambda c: c["replacements"][0].update(key=key, ticket=ticket_))
    assert failed(skipped) == set()
    assert failed(skipped, FRAME) == {"frame"}


def test_a_plan_without_replacement_has_none() -> None:
    drawing = a_round(FRAME, Plan(100, protocol=Protocol.NONE))
    assert failed(drawing.replaced(keys_of(drawing.certificate)[0])) == {"replacements"}


def test_a_queue_without_reserve_gives_nobody_and_no_other_queue_replaces_it() -> None:
    plan = Plan(100, strata=(), overlap=100)
    drawing = a_round(mixed(130), plan, Reading.EVERYONE)
    assert drawing.allocation["all", "drawn"] == drawing.strata["all"].queues["drawn"]  # all of them are in the sample
    new = next(row["drawn"][0]["key"] for row in drawing.certificate["strata"][0]["queues"] if row["queue"] == "new")
    mine = drawing.sample["all", "drawn"][0].key
    released = drawing.replaced(new)
    assert failed(released, drawing.frame) == set()
    assert "replacements" in failed(changed(released, lambda c: c["replacements"][0].update(replaces=mine)))


def test_a_forger_who_renews_the_digest_is_found_by_the_frame() -> None:
    stratum = CERTIFICATE["strata"][0]["stratum"]
    outsiders = (person for person in FRAME if person.key not in KEYS and person.village == stratum)
    friend = max(outsiders, key=lambda person: ticket(ROUND.seed, person.key))
    entry = {"key": friend.key, "ticket": ticket(ROUND.seed, friend.key)}
    altered = changed(CERTIFICATE, lambda c: queue_of(c)["drawn"].__setitem__(-1, entry))
    check(altered)  # by itself it looks true
    with pytest.raises(Mismatch, match="1 人不该在名单上") as mismatch:
        verify(altered, FRAME, keys_of(altered))
    assert places(mismatch) == ["strata 0101 all"]


@pytest.mark.parametrize(
    ("cases", "word"),
    [(KEYS[1:], "没有个案"), ([*KEYS, "0" * 32], "没有抽中"), ([*KEYS, KEYS[0]], "两个个案")],
)
def test_a_case_too_many_or_too_few_is_named(cases: list[str], word: str) -> None:
    with pytest.raises(Mismatch) as mismatch:
        verify(CERTIFICATE, FRAME, cases)
    assert mismatch.value.checks == {CertificateCheck.CASES}
    assert word in mismatch.value.differences[0].reason.zh


def test_a_changed_frame_is_found() -> None:
    with pytest.raises(Mismatch) as mismatch:
        verify(CERTIFICATE, FRAME[1:], KEYS)
    assert {"frame.people", "frame.fingerprint"} <= set(places(mismatch))
    with pytest.raises(Mismatch, match="编号重复"):
        check_with_frame(CERTIFICATE, [*FRAME, FRAME[0]])


def test_an_altered_seed_is_reported_once() -> None:
    with pytest.raises(Mismatch) as mismatch:
        check(changed(CERTIFICATE, lambda c: c["seed"].update(value="0" * 64)))
    assert places(mismatch) == ["seed.value", "seed.value"]


def test_of_many_differences_the_first_are_shown_and_every_check_named() -> None:
    def change(certificate: dict[str, Any]) -> None:
        for person in queue_of(certificate, 2)["drawn"][1:]:
            person["ticket"] = "0" * 64
        certificate["replacements"][2]["replaces"] = "0" * 32

    with pytest.raises(Mismatch) as mismatch:
        check(changed(RELEASED, change))
    assert len(mismatch.value.differences) == SHOWN + 1
    assert "另有" in mismatch.value.differences[-1].reason.zh
    assert mismatch.value.checks == {CertificateCheck.TICKETS, CertificateCheck.REPLACEMENTS}


def test_a_certificate_is_written_in_one_way() -> None:
    again = a_round(FRAME[::-1]).certificate
    assert canonical_json(again) == canonical_json(CERTIFICATE)
    assert again["format"] == FORMAT
    assert [entry.name for entry in contributions(FRAME)] == [
        entry["name"] for entry in CERTIFICATE["seed"]["contributions"]
    ]


@settings(max_examples=100)
@given(JSON)
def test_any_json_at_all_is_answered_with_a_mismatch(value: object) -> None:
    with pytest.raises(Mismatch):
        check(value)


@settings(max_examples=200)
@given(st.sampled_from(PATHS), st.integers(1, 6), JSON)
def test_any_json_in_any_place_is_answered_with_a_mismatch(path: tuple[Any, ...], depth: int, value: object) -> None:
    path = path[:depth]
    if canonical(at(RELEASED, path)) == canonical(value):
        return
    altered = changed(RELEASED, lambda c: at(c, path[:-1]).__setitem__(path[-1], value), renew=False)
    with pytest.raises(Mismatch) as mismatch:
        check(altered)
    str(mismatch.value).encode()


def canonical(value: object) -> str:
    """A spelling that tells 1 from True and 1.0."""
    return repr(value)
