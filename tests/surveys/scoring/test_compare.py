"""Overrides, stored inputs, and the comparison of two sheets."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.scoring import Inputs, Override, Scheme, ScoreInputError, ScoreSheet, Statistic, compare, parse, sheet_of
from tests.surveys.scoring.builders import (
    SATISFACTION,
    a_document,
    a_scheme,
    a_sheet,
    chinese,
    shibi_scores,
    some_facts,
)

STEPS = {"kind": "steps", "points": [["60", "4"], ["75", "6"], ["85", "8"], ["95", "10"]]}


def computing(rule: dict[str, Any] | None = None, version: int = 2) -> Scheme:
    """The delivered scheme with 「monitoring」 computed from satisfaction."""
    document = a_document() | {"version": version}
    item = next(i for i in document["parties"][0]["items"] if i["code"] == "monitoring")
    item |= {"kind": "computed", "statistic": "satisfaction.mean", "rule": rule or STEPS}
    item.pop("per_area", None)
    return parse(document)


def given_scores(**changes: str | None) -> dict[tuple[str, str | None], Decimal]:
    scores = shibi_scores(**changes)
    scores.pop(("monitoring", None))
    return scores


def sheet(value: str = "97.15", *, scheme: Scheme | None = None, **overrides: Override) -> ScoreSheet:
    base = a_sheet(given_scores(), scheme=scheme or computing())
    figure = Statistic("satisfaction.mean", Decimal(value), 124, SATISFACTION.base, SATISFACTION.how)
    inputs = Inputs(**vars(base.inputs) | {"statistics": {figure.name: figure}, "overrides": overrides})
    return sheet_of(inputs, scheme or computing())


def line(of: ScoreSheet, code: str = "monitoring"):  # type: ignore[no-untyped-def]
    return next(item_line for item_line in of.lines if item_line.code == code)


def test_measured_value_rule_and_points_stand_apart() -> None:
    plain = line(sheet("93"))
    assert (plain.measured, plain.by_rule, plain.counted, plain.override) == (Decimal(93), Decimal(8), Decimal(8), None)
    changed = line(sheet("93", monitoring=Override(Decimal("9.25"), "走访所见好于答卷")))
    assert (changed.measured, changed.by_rule, changed.counted) == (Decimal(93), Decimal(8), Decimal("9.3"))
    assert changed.reason.zh.endswith("得 8 分；专家定为 9.25 分，四舍五入为 9.3，理由：走访所见好于答卷")
    assert changed.to_dict() | {"name": ""} == {
        "code": "monitoring", "name": "", "party": "third_party", "maximum": "10", "kind": "computed",
        "given": "9.25", "measured": "93", "by_rule": "8", "override": "走访所见好于答卷",
        "statistic": "satisfaction.mean", "counted": "9.3", "reason": changed.reason.zh,
    }  # fmt: skip


def test_an_override_stands_in_for_a_figure_there_is_not() -> None:
    without = a_sheet(given_scores(), scheme=computing(), statistics={"satisfaction.mean": None})
    assert without.total is None
    inputs = Inputs(**vars(without.inputs) | {"overrides": {"monitoring": Override(Decimal(5), "没有答卷")}})
    sheet_line = line(sheet_of(inputs, computing()))
    assert (sheet_line.measured, sheet_line.by_rule, sheet_line.counted) == (None, None, Decimal(5))


@pytest.mark.parametrize(
    ("code", "points"), [("effect", "5"), ("nothing", "5"), ("satisfaction_points", "1"), ("monitoring", "10.1"),
                         ("monitoring", "-1"), ("monitoring", "NaN")],
)  # fmt: skip
def test_only_computed_items_that_count_are_overridden_within_their_range(code: str, points: str) -> None:
    with pytest.raises(ScoreInputError):
        sheet(**{code: Override(Decimal(points), "理由")})


def test_an_override_needs_a_reason() -> None:
    with pytest.raises(ScoreInputError, match="理由"):
        Override(Decimal(5), "  ")


def test_a_sheet_without_overrides_keeps_the_digest_it_always_had() -> None:
    # The digest of this sheet before overrides existed: results settled then must still recompute.
    assert a_sheet().digest == "7e28da3f5afbfcc9b2cae67859cc03a290e969ec9d4ac3275e6143d1e55e39a4"
    assert sheet().digest != sheet(monitoring=Override(Decimal(10), "同样的分数")).digest


@settings(deadline=None, max_examples=50)
@given(
    st.decimals(0, 100, places=2),
    st.none() | st.tuples(st.decimals(0, 10, places=2), st.text(min_size=1).filter(str.strip)),
)
def test_frozen_inputs_give_the_same_sheet(value: Decimal, override: tuple[Decimal, str] | None) -> None:
    computed = sheet(str(value), **({} if override is None else {"monitoring": Override(*override)}))
    again = sheet_of(Inputs.from_dict(json.loads(json.dumps(computed.inputs.to_dict()))), computing())
    assert again.to_dict() == computed.to_dict()
    assert again.digest == computed.digest
    assert compare(computed.to_dict(), again.to_dict()).same


@pytest.mark.parametrize("missing", ["areas", "stage", "facts", "statistics", "party_scores", "evidence"])
def test_inputs_with_a_part_missing_say_which(missing: str) -> None:
    body = sheet().inputs.to_dict()
    del body[missing]
    with pytest.raises(ScoreInputError, match=missing):
        Inputs.from_dict(body)


@pytest.mark.parametrize(
    ("part", "value"),
    [("areas", [1]), ("areas", None), ("statistics", []), ("facts", {"numbers": {"staff_due": "x"}, "declared": {}}),
     ("party_scores", [{"item": "a", "area": None, "given": []}]), ("overrides", {"monitoring": "x"})],
)  # fmt: skip
def test_inputs_of_a_wrong_shape_are_refused(part: str, value: Any) -> None:
    with pytest.raises(ScoreInputError):
        Inputs.from_dict(sheet().inputs.to_dict() | {part: value})


def change(before: ScoreSheet, after: ScoreSheet, code: str = "monitoring"):  # type: ignore[no-untyped-def]
    return next(item_line for item_line in compare(before.to_dict(), after.to_dict()).lines if item_line.code == code)


def test_each_cause_of_a_change_is_named() -> None:
    softer = computing(STEPS | {"points": [["60", "5"], ["75", "7"], ["85", "9"], ["95", "10"]]}, version=3)
    overridden = sheet("93", monitoring=Override(Decimal(9), "走访所见"))
    assert chinese(change(sheet("93"), sheet("97")).causes) == ("统计结果 93 → 97",)
    assert change(sheet("93"), sheet("97")).difference == 2
    assert chinese(change(sheet("93"), sheet("93", scheme=softer)).causes) == ("规则变了：同样的结果得 8 → 9 分",)
    assert chinese(change(sheet("93"), overridden).causes) == ("专家改分，理由：走访所见",)
    assert chinese(change(overridden, sheet("93")).causes) == ("撤回专家改分（原理由：走访所见）",)
    changed = a_sheet(shibi_scores(effect="12", quality="16"))
    assert chinese(change(a_sheet(), changed, "effect").causes) == ("打分 10.6 → 12",)
    assert chinese(change(a_sheet(), changed, "quality").causes) == (
        "打分 area1 16.3、area2 16.8、area3 17.6 → area1 16、area2 16、area3 16",
    )
    assert chinese(change(a_sheet(), sheet()).causes) == (
        "算法变了：打分与由统计结果算出之间",
        "统计结果 （无） → 97.15",
    )


def test_an_item_of_one_sheet_alone_and_a_grade_and_a_condition_are_told() -> None:
    document = a_document() | {"version": 2}
    items = document["parties"][0]["items"]
    items[0] |= {"code": "watching"}
    fewer = {("watching", None) if key[0] == "monitoring" else key: points for key, points in shibi_scores().items()}
    renamed = a_sheet(fewer, scheme=parse(document))
    comparison = compare(a_sheet().to_dict(), renamed.to_dict())
    assert not comparison.same
    causes = {item_line.code: chinese(item_line.causes) for item_line in comparison.lines if item_line.causes}
    assert causes == {"watching": ("前一份没有这一项",), "monitoring": ("后一份没有这一项",)}
    assert comparison.total.same
    worse = a_sheet(facts=some_facts(serious_breach=True))
    fallen = compare(a_sheet().to_dict(), worse.to_dict())
    assert fallen.grades == ("良好", "不合格")
    assert len(fallen.conditions) == 1
    assert fallen.conditions[0].zh.endswith("：不存在 → 存在")
    assert not fallen.same


def test_a_sheet_stored_before_rule_and_override_were_kept_apart_still_compares() -> None:
    old = a_sheet().to_dict()
    for item in old["items"]:
        for name in ("measured", "by_rule", "override", "statistic"):
            del item[name]
    assert compare(old, a_sheet(scheme=a_scheme()).to_dict()).same
