"""A plan says everything that is decided before the seed, and refuses what no draw can have."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.canonical import canonical_json, sha256
from sampling.plan import LARGEST, Factor, Method, Plan, PlanRefused, Protocol, general_allowed
from sampling.rule import Reading

FACTORS = st.sets(st.sampled_from(list(Factor))).map(lambda chosen: tuple(f for f in Factor if f in chosen))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan a draw can have."""
    strata, method, protocol = draw(FACTORS), draw(st.sampled_from(list(Method))), draw(st.sampled_from(list(Protocol)))
    knows_areas = Factor.AREA in strata or Factor.VILLAGE in strata
    stddev = st.dictionaries(st.sampled_from(["0101", "0102", "1/child", "all"]), st.integers(1, LARGEST))
    return Plan(
        size=draw(st.integers(1, LARGEST)),
        general=draw(st.integers(0, LARGEST)),
        strata=strata,
        method=method,
        minimum=draw(st.integers(0, LARGEST)),
        area_minimum=draw(st.integers(0, LARGEST)) if knows_areas else 0,
        stddev=draw(stddev) if method is Method.NEYMAN else {},
        overlap=draw(st.none() | st.integers(0, 100)),
        protocol=protocol,
        block=draw(st.integers(1, LARGEST)) if protocol is Protocol.BLOCK else 1,
    )


@given(plans())
def test_a_plan_is_read_back_from_its_certificate(plan: Plan) -> None:
    again = Plan.from_json(json.loads(canonical_json(plan.as_json())))
    assert again == plan
    assert pickle.loads(pickle.dumps(plan)) == plan  # noqa: S301 -- as another process gets it
    assert again.digest() == plan.digest() == sha256(canonical_json(plan.as_json()))


@given(plans(), plans())
def test_another_plan_has_another_digest(first: Plan, second: Plan) -> None:
    assert (first.digest() == second.digest()) is (first == second)


def test_the_digest_is_that_of_the_text_in_the_definition() -> None:
    text = (
        '{"area_minimum":0,"block":1,"general":0,"method":"proportional","minimum":2,"overlap":null,'
        '"protocol":"supervisor","size":124,"spread":{},"strata":["village"]}'
    )
    assert Plan(124).digest() == sha256(text)


REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("size", {"size": 0}),
    ("size", {"size": LARGEST + 1}),
    ("size", {"size": True}),
    ("size", {"size": 100.0}),
    ("size", {"size": "100"}),
    ("general", {"general": -1}),
    ("minimum", {"minimum": -1}),
    ("minimum", {"minimum": None}),
    ("area_minimum", {"area_minimum": 1, "strata": ["group"]}),
    ("area_minimum", {"area_minimum": -1}),
    ("strata", {"strata": ["village", "area"]}),
    ("strata", {"strata": ["area", "area"]}),
    ("strata", {"strata": "area"}),
    ("strata", {"strata": None}),
    ("", {"strata": ["street"]}),
    ("", {"strata": [["area"]]}),
    ("", {"method": "random"}),
    ("", {"method": {}}),
    ("", {"protocol": None}),
    ("overlap", {"overlap": 101}),
    ("overlap", {"overlap": -1}),
    ("overlap", {"overlap": True}),
    ("overlap", {"overlap": 30.0}),
    ("block", {"block": 5}),
    ("block", {"block": 0, "protocol": "block"}),
    ("spread", {"spread": {"0101": 3}}),
    ("spread", {"spread": []}),
    ("spread", {"spread": {"0101": 0}, "method": "neyman"}),
    ("spread", {"spread": {"0101": 1.5}, "method": "neyman"}),
    ("spread", {"spread": {"0101": True}, "method": "neyman"}),
    ("spread", {"spread": {"a|b": 1}, "method": "neyman"}),
    ("spread", {"spread": {"": 1}, "method": "neyman"}),
    ("spread", {"spread": {"\ud800": 1}, "method": "neyman"}),
]


@pytest.mark.parametrize(("field", "change"), REFUSED, ids=str)
def test_what_no_draw_can_have_is_refused_and_the_choice_named(field: str, change: dict[str, Any]) -> None:
    with pytest.raises(PlanRefused) as refused:
        Plan.from_json({**Plan(100).as_json(), **change})
    assert refused.value.field == field
    assert str(refused.value).endswith("。")
    str(refused.value).encode()


def test_a_field_too_many_or_too_few_is_refused() -> None:
    document = Plan(100).as_json()
    for name in document:
        with pytest.raises(PlanRefused, match="不全或有多余"):
            Plan.from_json({k: v for k, v in document.items() if k != name})
    with pytest.raises(PlanRefused, match="不全或有多余"):
        Plan.from_json({**document, "seed": 1})


def test_the_standard_deviations_cannot_be_changed_afterwards() -> None:
    stddev = {"0101": 3}
    plan = Plan(100, method=Method.NEYMAN, stddev=stddev)
    digest = plan.digest()
    stddev["0101"] = 4
    assert plan.digest() == digest
    with pytest.raises(TypeError):
        plan.stddev["0101"] = 4  # type: ignore[index]


def test_general_recipients_are_drawn_apart_only_when_they_are_not_in_the_population() -> None:
    assert general_allowed(Plan(100, general=20), Reading.PRIORITY)
    assert not general_allowed(Plan(100, general=20), Reading.EVERYONE)
    assert general_allowed(Plan(100), Reading.EVERYONE)
