"""The scheme document: every mistake at once, any JSON answered, the delivered one intact."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys import library
from surveys.problems import Problem
from surveys.scoring import InvalidScheme, Scheme, available, load, parse
from tests.surveys.scoring.builders import a_document


def problems(document: object) -> dict[str, str]:
    """Place → message of everything wrong with a document."""
    with pytest.raises(InvalidScheme) as caught:
        parse(document)
    return {problem.where.zh: problem.message.zh for problem in caught.value.problems}


def test_every_delivered_scheme_has_its_digest_and_parses() -> None:
    assert "guangzhou-2023-1" in available()
    for name in available():
        identity, _, version = name.rpartition("-")
        scheme = load(identity, int(version))
        assert scheme.digest == library.digests("schemes")[name]
        assert (scheme.id, scheme.version) == (identity, int(version))


def test_the_delivered_scheme_is_that_of_the_source() -> None:
    scheme = load("guangzhou-2023", 1)
    assert scheme.places == 1
    assert {p.code: [(i.name, str(i.maximum), i.per_area) for i in p.items] for p in scheme.parties} == {
        "third_party": [
            ("服务监测", "10", False),
            ("服务成效", "15", False),
            ("运营管理", "10", False),
            ("服务质量", "20", True),
        ],
        "purchaser": [("购买方评价", "20", False)],
        "supervision": [("督导中心评价", "15", False)],
        "monitor": [("监督方评价", "10", False)],
    }
    assert [(g.name, str(g.lowest)) for g in scheme.grades] == [
        ("优秀", "90"),
        ("良好", "80"),
        ("合格", "60"),
        ("不合格", "0"),
    ]
    thresholds = {c.code: c.thresholds for c in scheme.disqualifying if c.kind == "threshold"}
    assert thresholds == {
        "staff_shortage": {"midterm": 5, "final": 10},
        "certified_shortage": {"midterm": 3, "final": 6},
        "staff_cost": {"midterm": 80, "final": 80},
    }
    assert "不计入总分" in scheme.comparison[0].name


def test_the_facts_a_scheme_asks_for_are_its_conditions_and_the_station_s_numbers() -> None:
    facts = load("guangzhou-2023", 1).facts
    assert facts["financial"] == "declared"
    assert facts["staff_due"] == facts["staff_missing"] == "number"


def test_all_mistakes_are_reported_at_once() -> None:
    document = a_document()
    document["format"] = "scheme-2"
    document["parties"][0]["items"][0]["maximum"] = "11"
    document["parties"][0]["items"][1]["kind"] = "guessed"
    document["parties"][1]["code"] = "third_party"
    document["comparison"][0]["statistic"] = "happiness"
    document["comparison"][0]["rule"]["points"][1] = ["75", "1"]
    document["grades"][1]["from"] = "95"
    document["disqualifying"][1]["thresholds"]["final"] = "many"
    del document["disqualifying"][3]["quantity"]
    reported = problems(document)
    assert set(reported) >= {
        "format",
        "parties[0].items",
        "parties[0].items[1].kind",
        "parties[1].code",
        "comparison[0].statistic",
        "comparison[0].rule.points",
        "grades[1].from",
        "disqualifying[1].thresholds.final",
        "disqualifying[3].quantity",
    }
    assert reported["parties[0].items"] == "各项满分之和应为 55。"
    assert all(any("\u4e00" <= c <= "\u9fff" for c in message) for message in reported.values())


def put(*path: str | int) -> Callable[[dict[str, Any], Any], None]:
    """Something that sets one place of a document."""

    def change(document: Any, value: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "value", "place"),
    [
        (put("parties", 1, "maximum"), "21", "parties"),
        (put("parties", 1, "maximum"), 20, "parties[1].maximum"),
        (put("parties", 1, "maximum"), "2E1", "parties[1].maximum"),
        (put("parties", 1, "maximum"), " 20", "parties[1].maximum"),
        (put("parties", 1, "maximum"), "２０", "parties[1].maximum"),
        (put("parties", 1, "items"), [], "parties[1].items"),
        (put("parties", 1, "items", 0, "maximum"), "0", "parties[1].items[0].maximum"),
        (put("parties", 0, "items", 3, "per_area"), "yes", "parties[0].items[3].per_area"),
        (put("parties", 0, "items", 3, "per_aera"), True, "parties[0].items[3].per_aera"),
        (put("parties", 0, "items", 0, "rule"), {"kind": "proportional"}, "parties[0].items[0].rule"),
        (put("parties", 0, "items", 0, "code"), "two words", "parties[0].items[0].code"),
        (put("parties", 0, "items", 0, "code"), "staff_due", "parties[0].items[0].code"),
        (put("parties", 0, "items", 0, "name"), "服务监测", "parties[0].items[0].name"),
        (put("comparison", 0, "kind"), "given", "comparison[0].kind"),
        (put("comparison", 0, "per_area"), True, "comparison[0].per_area"),
        (put("comparison", 0, "statistic"), ["satisfaction.mean"], "comparison[0].statistic"),
        (put("comparison", 0, "statistic"), {}, "comparison[0].statistic"),
        (put("comparison", 0, "maximum"), "5.25", "places"),
        (put("grades", 3, "from"), "10", "grades"),
        (put("grades", 1, "from"), "90", "grades[1].from"),
        (put("grades", 1, "code"), "excellent", "grades[1].code"),
        (put("grades"), [], "grades"),
        (put("grades"), None, "grades"),
        (put("disqualifying", 1, "comparison"), "above", "disqualifying[1].comparison"),
        (put("disqualifying", 1, "quantity"), [], "disqualifying[1].quantity"),
        (put("disqualifying", 1, "thresholds"), {"midterm": "5"}, "disqualifying[1].thresholds.final"),
        (put("disqualifying", 1, "thresholds", "yearly"), "5", "disqualifying[1].thresholds.yearly"),
        (put("disqualifying", 0, "kind"), "perhaps", "disqualifying[0].kind"),
        (put("disqualifying", 0, "quantity"), "staff_due", "disqualifying[0].quantity"),
        (put("places"), 3, "places"),
        (put("places"), "1", "places"),
        (put("version"), 0, "version"),
        (put("version"), True, "version"),
        (put("id"), "../etc", "id"),
        (put("title"), {"zh": "评分", "en": "Score", "fr": "Note"}, "title.fr"),
        (put("remark"), float("nan"), "remark"),
    ],
)
def test_a_mistake_is_named_by_its_place(change: Callable[[Any, Any], None], value: Any, place: str) -> None:
    document = a_document()
    change(document, value)
    assert place in problems(document)


@pytest.mark.parametrize("field", sorted(set(a_document()) - {"comparison", "disqualifying"}))
def test_a_missing_field_is_named(field: str) -> None:
    document = a_document()
    del document[field]
    assert field in problems(document)


def test_a_scheme_may_do_without_comparison_and_conditions() -> None:
    document = a_document()
    del document["comparison"], document["disqualifying"]
    scheme = parse(document)
    assert (scheme.comparison, scheme.disqualifying) == ((), ())


@pytest.mark.parametrize("maximum", ["19", "21"])
def test_the_parties_make_exactly_a_hundred(maximum: str) -> None:
    document = a_document()
    document["parties"][1]["maximum"] = document["parties"][1]["items"][0]["maximum"] = maximum
    assert problems(document) == {"parties": "各方满分之和应为 100。"}


def test_another_text_has_another_digest() -> None:
    document = a_document()
    assert parse(document).digest == load("guangzhou-2023", 1).digest
    document["source"] += "（更正）"
    assert parse(document).digest != load("guangzhou-2023", 1).digest


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def outcome(document: object) -> Scheme | tuple[Problem, ...]:
    """A scheme, or what is wrong with the document; anything else fails the test."""
    try:
        return parse(document)
    except InvalidScheme as error:
        return error.problems


def readable(problems: tuple[Problem, ...]) -> bool:
    """Whether there is something to read, on any screen and in any log."""
    return bool(problems) and all(f"{p.where.zh}{p.message.zh}{p.message.en}".encode() for p in problems)


@settings(max_examples=100)
@given(JSON)
def test_any_json_at_all_is_answered(document: object) -> None:
    result = outcome(document)
    assert not isinstance(result, Scheme)
    assert readable(result)


def places_of(value: Any) -> list[tuple[Any, Any]]:
    """Every (holder, key) inside a document."""
    pairs = enumerate(value) if isinstance(value, list) else value.items() if isinstance(value, dict) else ()
    return [place_found for key, inner in pairs for place_found in ((value, key), *places_of(inner))]


@settings(max_examples=250)
@given(st.data())
def test_any_json_at_any_place_of_a_good_document_is_answered(data: st.DataObject) -> None:
    document = a_document()
    spots = places_of(document)
    holder, key = spots[data.draw(st.integers(0, len(spots) - 1))]
    holder[key] = data.draw(JSON | st.sampled_from(["0", "100", "1e5", "-1", "NaN", "sNaN", "\ud800", "a" * 500]))
    result = outcome(document)
    if isinstance(result, Scheme):
        assert sum(party.maximum for party in result.parties) == 100
        assert all(sum(item.maximum for item in party.items) == party.maximum for party in result.parties)
        assert result.grades[-1].lowest == Decimal(0)
    else:
        assert readable(result)
