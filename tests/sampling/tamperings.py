"""Ways to tamper with a certificate or its frame, each with the checks that must find it (docs/certificate.md, 7).

One table for all verifiers: Python in the application, the single-file program, the page in the browser.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sampling.checks import content_digest, register_of
from sampling.tickets import ticket

GOLDEN = Path(__file__).parent / "golden"
NAMES = tuple(sorted(path.stem for path in GOLDEN.glob("*.json")))
FULL = "everything"  # the golden draw that most tamperings start from
EVERYONE = "everyone-by-priority"  # the golden certificate by which nobody is drawn


def golden(name: str) -> tuple[dict[str, Any], bytes]:
    """A true certificate and its frame."""
    certificate: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    return certificate, (GOLDEN / f"{name}.frame.txt").read_bytes()


@dataclass(frozen=True)
class Tampering:
    """A change to a certificate (and the frame), and the names of the checks that then fail.

    `renew`: digest and register are made anew, as a forger would.
    """

    checks: frozenset[str]
    change: Callable[[dict[str, Any]], object]
    base: str = FULL
    renew: bool = True
    frame: Callable[[bytes], bytes] | None = None

    def made(self) -> tuple[Any, bytes]:
        """The false certificate and the frame it is checked against."""
        certificate, frame = copy.deepcopy(golden(self.base))
        self.change(certificate)
        if self.renew:
            certificate["digest"] = content_digest(certificate)
            if "register" in certificate:
                certificate["register"] = register_of(certificate["digest"], certificate["replacements"])
        return certificate, self.frame(frame) if self.frame else frame


def by(*checks: str, base: str = FULL, renew: bool = True, frame: Callable[[bytes], bytes] | None = None) -> Any:
    """Name the checks for a change."""
    return lambda change: Tampering(frozenset(checks), change, base, renew, frame)


def nothing(_certificate: dict[str, Any]) -> None:
    """Leave the certificate as it is."""


def first(c: dict[str, Any]) -> dict[str, Any]:
    """A stratum's queue with at least two people drawn."""
    return next(q for s in c["strata"] for q in s["queues"] if len(q["drawn"]) > 1)


def swap(items: list[Any]) -> None:
    """Exchange the first two."""
    items[0], items[1] = items[1], items[0]


def lines(change: Callable[[list[bytes]], object]) -> Callable[[bytes], bytes]:
    """A change of the frame's lines."""

    def made(frame: bytes) -> bytes:
        parts = frame.split(b"\n")
        change(parts)
        return b"\n".join(parts)

    return made


SHAPE = {
    "a field missing": lambda c: c.pop("voided"),
    "a field too many": lambda c: c.update(note="x"),
    "an inner field missing": lambda c: c["rule"].pop("required"),
    "an inner field too many": lambda c: c["strata"][0].update(note="x"),
    "another format": lambda c: c.update(format="draw-certificate-1"),
    "another algorithm": lambda c: c.update(algorithm="ticket-md5"),
    "another form of the frame": lambda c: c["frame"].update(form="frame-1"),
    "another join": lambda c: c["seed"].update(join="seed-join-2"),
    "a number as text": lambda c: c["plan"].update(size="100"),
    "a fraction": lambda c: c["rule"].update(population=100.0),
    "a truth value for a number": lambda c: c["plan"].update(block=True),
    "a negative number": lambda c: c["strata"][0].update(population=-1),
    "a huge number": lambda c: c["frame"].update(people=10**9 + 1),
    "a number for a truth value": lambda c: c["rule"].update(full_coverage=0),
    "an unknown reading": lambda c: c["rule"].update(reading="both"),
    "an unknown part": lambda c: c["strata"][0].update(part="rest"),
    "an unknown kind of contribution": lambda c: c["seed"]["contributions"][0].update(kind="secret"),
    "a short digest": lambda c: c["frame"].update(fingerprint="0" * 63),
    "capital hexadecimal digits": lambda c: first(c)["drawn"][0].update(ticket="A" * 64),
    "full-width digits": lambda c: first(c)["drawn"][0].update(key="０" * 32),
    "a line feed behind a key": lambda c: first(c)["drawn"][0].update(key="0" * 32 + "\n"),
    "a control character in a text": lambda c: c.update(evaluation="a\u0007"),
    "a line separator in a text": lambda c: c.update(evaluation="a\u2028b"),
    "a text too long": lambda c: c.update(drawn_at="x" * 401),
    "a list for an object": lambda c: c.update(rule=[]),
    "an object for a list": lambda c: c.update(strata={}),
    "nothing for a text": lambda c: c.update(evaluation=None),
    "factors out of order": lambda c: c["plan"].update(strata=["group", "area"]),
    "a factor twice": lambda c: c["plan"].update(strata=["area", "area"]),
    "an unknown factor": lambda c: c["plan"].update(strata=["street"]),
    "an unknown method": lambda c: c["plan"].update(method="fair"),
    "an unknown protocol": lambda c: c["plan"].update(protocol="free"),
    "an overlap above a hundred": lambda c: c["plan"].update(overlap=101),
    "a block where there are none": lambda c: c["plan"].update(block=3),
    "an empty block": lambda c: c["plan"].update(block=0),
    "a spread without Neyman": lambda c: c["plan"].update(spread={"a": 1}),
    "a size of nothing": lambda c: c["plan"].update(size=0),
}


def without_areas(c: dict[str, Any]) -> None:
    """An area minimum where strata know no areas."""
    c["plan"].update(strata=["group"], area_minimum=1)


def friend_in_sample(c: dict[str, Any]) -> None:
    """Put somebody with a late ticket in place of the last person drawn."""
    seed = c["seed"]["value"]
    friend = max((f"{n:032x}" for n in range(99)), key=lambda key: ticket(seed, key))
    first(c)["drawn"][-1] = {"key": friend, "ticket": ticket(seed, friend)}


def add_empty_stratum(c: dict[str, Any]) -> None:
    """A stratum without people."""
    queue = {"queue": "all", "population": 0, "allocated": 0, "drawn": []}
    row = {"stratum": "zzzz", "area": "1", "part": "main", "population": 0, "allocated": 0, "queues": [queue]}
    c["strata"].append(row)


def other_value(c: dict[str, Any], place: int, **changes: str) -> None:
    c["seed"]["contributions"][place].update(changes)


def claims_everyone(c: dict[str, Any]) -> None:
    """A drawn sample declared as full coverage."""
    people = sorted(person["key"] for row in c["strata"] for queue in row["queues"] for person in queue["drawn"])
    kept = {name: c[name] for name in ("evaluation", "frame", "rule", "voided", "digest")}
    confirmed = {"format": "coverage-certificate-1", "confirmed_at": c["drawn_at"], "people": people}
    c.clear()
    c.update(kept | confirmed)


def claims_everyone_of_fewer(c: dict[str, Any]) -> None:
    """The same, with the numbers of frame and rule made to fit."""
    claims_everyone(c)
    number = len(c["people"])
    c["frame"].update(people=number, priority=number)
    c["rule"].update(population=number, required=min(number, 100), full_coverage=number <= 100)


def claims_a_draw(c: dict[str, Any]) -> None:
    """Full coverage under the name of a draw."""
    c.update(format="draw-certificate-2")


def without_the_last_person(c: dict[str, Any]) -> None:
    """Somebody dropped, with the numbers of frame and rule made to fit."""
    c["people"].pop()
    c["frame"].update(people=c["frame"]["people"] - 1, priority=len(c["people"]))
    c["rule"].update(population=len(c["people"]), required=min(100, len(c["people"])))


def another_for(c: dict[str, Any], place: int, key: str) -> None:
    """Somebody else in the place of a person, in order."""
    c["people"][place] = key
    c["people"].sort()


COVERAGE = {
    "everyone: a person dropped": by("people", "frame", base=EVERYONE)(lambda c: c["people"].pop()),
    "everyone: a person dropped and the numbers mended": by("frame", base=EVERYONE)(without_the_last_person),
    "everyone: a person added": by("people", "frame", base=EVERYONE)(lambda c: c["people"].append("f" * 32)),
    "everyone: a stranger for a person": by("frame", base=EVERYONE)(lambda c: another_for(c, 0, "f" * 32)),
    "everyone: a person twice": by("people", "frame", base=EVERYONE)(
        lambda c: c["people"].__setitem__(1, c["people"][0])
    ),
    "everyone: people in another order": by("people", "frame", base=EVERYONE)(lambda c: swap(c["people"])),
    "everyone: nobody": by("people", "frame", base=EVERYONE)(lambda c: c.update(people=[])),
    "everyone: a drawn sample": by("people", "frame", base="default")(claims_everyone),
    "everyone: a drawn sample and the numbers mended": by("frame", base="default")(claims_everyone_of_fewer),
    "everyone: the form of a draw": by("shape", base=EVERYONE)(claims_a_draw),
    "everyone: a seed": by("shape", base=EVERYONE)(lambda c: c.update(seed={})),
    "everyone: no list": by("shape", base=EVERYONE)(lambda c: c.pop("people")),
    "everyone: a key that is none": by("shape", base=EVERYONE)(lambda c: c["people"].append("x")),
    "everyone: a list for a person": by("shape", base=EVERYONE)(lambda c: c["people"].append([])),
    "everyone: another moment": by("digest", base=EVERYONE, renew=False)(lambda c: c.update(confirmed_at="2000-01-01")),
    "everyone: another requirement": by("rule", base=EVERYONE)(lambda c: c["rule"].update(required=1)),
    "everyone: no full coverage": by("rule", base=EVERYONE)(lambda c: c["rule"].update(full_coverage=False)),
    "everyone: full coverage above a hundred": by("rule", base="everyone-of-many")(
        lambda c: c["rule"].update(full_coverage=True)
    ),
    "everyone: another reading": by("rule", "frame", base=EVERYONE)(lambda c: c["rule"].update(reading="everyone")),
    "everyone: an empty frame": by("rule", "frame", base=EVERYONE)(lambda c: c["frame"].update(people=0, priority=0)),
    "everyone: more priority people than people": by("rule", "frame", base=EVERYONE)(
        lambda c: c["frame"].update(people=1)
    ),
    "everyone: another fingerprint": by("frame", base=EVERYONE)(lambda c: c["frame"].update(fingerprint="0" * 64)),
    "everyone: a person taken off the frame": by("frame", base=EVERYONE, frame=lines(lambda rows: rows.pop(1)))(
        nothing
    ),
    "everyone: a frame without its end": by("frame", base=EVERYONE, frame=lambda data: data[:-1])(nothing),
}


TAMPERINGS: dict[str, Tampering] = {
    **COVERAGE,
    **{name: by("shape")(change) for name, change in SHAPE.items()},
    "an area minimum without areas": by("shape")(without_areas),
    "a changed reason of a void": by("digest", renew=False)(lambda c: c["voided"][0].update(reason="x")),
    "a changed date": by("digest", renew=False)(lambda c: c.update(drawn_at="2000-01-01")),
    "a changed digest": by("digest", "register", renew=False)(lambda c: c.update(digest="0" * 64)),
    "a changed register": by("register", renew=False)(lambda c: c.update(register="0" * 64)),
    "a changed outcome of a replacement": by("register", renew=False)(
        lambda c: c["replacements"][0].update(outcome="NE2")
    ),
    "a replacement concealed": by("register", renew=False)(lambda c: c["replacements"].pop()),
    "another population": by("rule", "strata")(lambda c: c["rule"].update(population=c["rule"]["population"] - 1)),
    "another requirement": by("rule")(lambda c: c["rule"].update(required=99)),
    "full coverage that is none": by("rule")(lambda c: c["rule"].update(full_coverage=True)),
    "fewer than the rule": by("rule", "seed")(lambda c: c["plan"].update(size=99)),
    "more than there are": by("rule", "seed")(lambda c: c["plan"].update(size=c["rule"]["population"] + 1)),
    "more general recipients than there are": by("rule", "seed")(lambda c: c["plan"].update(general=10**6)),
    "more priority people than people": by("rule", "strata", "frame")(lambda c: c["frame"].update(people=10)),
    "general recipients where everyone is in": by("rule", "strata", "seed", base="priority-factor")(
        lambda c: c["plan"].update(general=1)
    ),
    "somebody left out under full coverage": by("rule", "seed", base="full-55")(lambda c: c["plan"].update(size=54)),
    "strata out of order": by("strata")(lambda c: swap(c["strata"])),
    "a stratum twice": by("strata", "tickets", "frame")(lambda c: c["strata"].insert(0, copy.deepcopy(c["strata"][0]))),
    "a stratum concealed": by("strata", "frame")(lambda c: c["strata"].pop(0)),
    "an empty stratum": by("strata", base="default")(add_empty_stratum),
    "a larger stratum": by("strata")(lambda c: c["strata"][0].update(population=c["strata"][0]["population"] + 1)),
    "another part": by("strata", "frame")(lambda c: c["strata"][0].update(part="general")),
    "another area": by("allocation", "frame")(lambda c: c["strata"][0].update(area="x")),
    "queues out of order": by("strata")(lambda c: swap(c["strata"][0]["queues"])),
    "a spread of too many strata": by("strata", "seed", base="neyman")(lambda c: c["plan"]["spread"].update(zz=3)),
    "a spread of too few strata": by("strata", "seed", base="neyman")(
        lambda c: c["plan"]["spread"].pop(c["strata"][0]["stratum"])
    ),
    "another share of a stratum": by("allocation")(
        lambda c: c["strata"][0].update(allocated=c["strata"][0]["allocated"] + 1)
    ),
    "another share of a queue": by("allocation")(lambda c: first(c).update(allocated=first(c)["allocated"] + 1)),
    "somebody dropped from the sample": by("allocation", base="default")(lambda c: first(c)["drawn"].pop()),
    "another minimum": by("seed", "allocation", base="minimum")(lambda c: c["plan"].update(minimum=0)),
    "another method": by("seed", "allocation")(lambda c: c["plan"].update(method="equal")),
    "another overlap": by("seed", "allocation")(lambda c: c["plan"].update(overlap=90)),
    "another area minimum": by("seed", "allocation", base="area-minimum")(lambda c: c["plan"].update(area_minimum=0)),
    "another protocol": by("seed")(lambda c: c["plan"].update(protocol="one_for_one")),
    "another seed": by("seed", "tickets", "frame")(lambda c: c["seed"].update(value="0" * 64)),
    "another value of a party": by("seed")(lambda c: other_value(c, 0, value="9")),
    "another public value": by("seed")(lambda c: other_value(c, -1, value="9 9 9")),
    "another commitment": by("seed")(lambda c: other_value(c, 0, commitment="0" * 64)),
    "a commitment of a public source": by("seed")(lambda c: other_value(c, -1, commitment="0" * 64)),
    "a contribution concealed": by("seed")(lambda c: c["seed"]["contributions"].pop()),
    "contributions in another order": by("seed")(lambda c: swap(c["seed"]["contributions"])),
    "no contribution": by("seed")(lambda c: c["seed"].update(contributions=[])),
    "two contributions of one name": by("seed")(
        lambda c: other_value(c, 1, name=c["seed"]["contributions"][0]["name"])
    ),
    "a name with a bar": by("seed")(lambda c: other_value(c, 0, name="a|b")),
    "a value with an outer space": by("seed")(lambda c: other_value(c, 0, value="\u30001")),
    "an empty source": by("seed")(lambda c: other_value(c, 0, source="")),
    "another fingerprint": by("seed", "frame")(lambda c: c["frame"].update(fingerprint="0" * 64)),
    "another ticket": by("tickets")(lambda c: first(c)["drawn"][0].update(ticket="0" * 64)),
    "people in another order": by("tickets", "frame")(lambda c: swap(first(c)["drawn"])),
    "somebody twice": by("tickets", "frame")(lambda c: first(c)["drawn"].__setitem__(1, first(c)["drawn"][0])),
    "a friend in the sample": by("frame")(friend_in_sample),
    "a replacement of nobody": by("replacements")(lambda c: c["replacements"][0].update(replaces="0" * 32)),
    "a replacement of somebody replaced": by("replacements")(
        lambda c: c["replacements"][1].update(replaces=c["replacements"][0]["replaces"])
    ),
    "a replacement in another stratum": by("replacements", "frame")(lambda c: c["replacements"][0].update(stratum="x")),
    "a replacement in another queue": by("replacements", "frame")(lambda c: c["replacements"][0].update(queue="x")),
    "a replacement left out": by("frame")(lambda c: c["replacements"].pop(0)),
    "replacements in another order": by("tickets", "frame")(lambda c: swap(c["replacements"])),
    "another ticket of a replacement": by("tickets")(lambda c: c["replacements"][0].update(ticket="f" * 64)),
    "replacements where there are none": by("replacements", "seed")(lambda c: c["plan"].update(protocol="none")),
    "a person taken off the frame": by("frame", frame=lines(lambda rows: rows.pop(1)))(nothing),
    "a village changed on the frame": by("frame", frame=lambda data: data.replace(b"|0101|", b"|0109|", 1))(nothing),
    "a frame without its end": by("frame", frame=lambda data: data[:-1])(nothing),
    "a frame in another order": by("frame", frame=lines(lambda rows: rows.insert(2, rows.pop(1))))(nothing),
    "a frame with a person twice": by("frame", frame=lines(lambda rows: rows.insert(1, rows[1])))(nothing),
    "a frame with an unknown category": by("frame", frame=lambda data: data.replace(b"|05|", b"|18|", 1))(nothing),
    "a frame with a wrong number": by("frame", frame=lambda data: data.replace(b"people ", b"people 1"))(nothing),
    "a frame of another form": by("frame", frame=lambda data: data.replace(b"frame-2", b"frame-1"))(nothing),
    "a frame that is no text": by("frame", frame=lambda data: b"\xff\xfe" + data)(nothing),
    "an empty frame": by("frame", frame=lambda data: b"")(nothing),
    "a frame with carriage returns": by("frame", frame=lambda data: data.replace(b"\n", b"\r\n"))(nothing),
}
