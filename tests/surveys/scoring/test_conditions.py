"""The eight conditions that make a result 不合格, each at its threshold, at both stages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from surveys.scoring import ConditionResult, ScoreInputError, StationFacts
from tests.surveys.scoring.builders import DECLARED, a_scheme, a_sheet, chinese, some_facts


def the(code: str, facts: StationFacts, stage: str = "midterm") -> ConditionResult:
    """One condition of a sheet."""
    return next(c for c in a_sheet(facts=facts, stage=stage).conditions if c.code == code)


def test_there_are_eight_in_the_order_of_the_source() -> None:
    assert [condition.code for condition in a_scheme().disqualifying] == [
        "posts_misused",
        "staff_shortage",
        "certified_shortage",
        "staff_cost",
        "rectification",
        "professional",
        "financial",
        "serious_breach",
    ]


def test_shibi_s_figures_are_shown_and_nothing_holds() -> None:
    shortage, certified = the("staff_shortage", some_facts()), the("certified_shortage", some_facts())
    assert shortage.holds is False
    assert shortage.reason.zh == "应到 130 人次，实到 134 人次，缺 0 人次；达到 5 即不合格"
    assert (shortage.value, shortage.limit) == (Decimal(0), Decimal(5))
    assert certified.holds is False
    assert certified.reason.zh == "应到 91 人次，实到 92 人次，缺 0 人次；达到 3 即不合格"


@pytest.mark.parametrize(
    ("stage", "kind", "code", "missing", "holds"),
    [
        ("midterm", "staff", "staff_shortage", 4, False),
        ("midterm", "staff", "staff_shortage", 5, True),
        ("final", "staff", "staff_shortage", 9, False),
        ("final", "staff", "staff_shortage", 10, True),
        ("midterm", "certified", "certified_shortage", 2, False),
        ("midterm", "certified", "certified_shortage", 3, True),
        ("final", "certified", "certified_shortage", 5, False),
        ("final", "certified", "certified_shortage", 6, True),
    ],
)
@pytest.mark.parametrize("stated", [False, True])
def test_missing_staff_disqualify_from_their_threshold_on(
    stage: str, kind: str, code: str, missing: int, holds: bool, stated: bool
) -> None:
    numbers = {f"{kind}_due": "100", f"{kind}_present": str(100 - missing)}
    if stated:
        numbers = {f"{kind}_due": "100", f"{kind}_present": "104", f"{kind}_missing": str(missing)}
    facts = some_facts(numbers)
    assert the(code, facts, stage).holds is holds
    sheet = a_sheet(facts=facts, stage=stage)
    assert sheet.grade == ("不合格" if holds else "良好")
    assert bool(sheet.disqualified) is holds
    assert str(sheet.total) == "87.6"


@pytest.mark.parametrize("stage", ["midterm", "final"])
@pytest.mark.parametrize(("share", "holds"), [("80", False), ("79.99", True), ("80.01", False), ("0", True)])
def test_staff_cost_disqualifies_below_eighty_per_cent(stage: str, share: str, holds: bool) -> None:
    facts = some_facts({"staff_cost_share": share})
    assert the("staff_cost", facts, stage).holds is holds
    assert a_sheet(facts=facts, stage=stage).grade == ("不合格" if holds else "良好")


@pytest.mark.parametrize("stage", ["midterm", "final"])
@pytest.mark.parametrize("code", DECLARED)
def test_a_declared_condition_disqualifies_whatever_the_points(stage: str, code: str) -> None:
    facts = some_facts(None, **{code: True})
    sheet = a_sheet(facts=facts, stage=stage)
    text = the(code, facts, stage).text
    assert sheet.grade == "不合格"
    assert chinese(sheet.disqualified) == (f"{text}：已认定存在",)
    assert sheet.grade_reason.zh == f"总分 87.6；存在「{text}」，不论得分，定为不合格"


@pytest.mark.parametrize("code", DECLARED)
def test_a_declared_condition_not_stated_is_unknown_not_absent(code: str) -> None:
    facts = some_facts(None, **{code: None})
    assert the(code, facts).holds is None
    assert a_sheet(facts=facts).grade is None


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ("staff_due", "staff_shortage"),
        ("staff_present", "staff_shortage"),
        ("certified_due", "certified_shortage"),
        ("certified_present", "certified_shortage"),
        ("staff_cost_share", "staff_cost"),
    ],
)
def test_a_missing_number_leaves_its_condition_unknown(missing: str, code: str) -> None:
    facts = some_facts({missing: ""})
    assert the(code, facts).holds is None
    assert a_sheet(facts=facts).grade is None


def test_without_a_number_a_declaration_decides() -> None:
    facts = some_facts({"staff_cost_share": ""}, staff_cost=False)
    assert the("staff_cost", facts).holds is False
    assert a_sheet(facts=facts).grade == "良好"
    assert a_sheet(facts=some_facts({"staff_cost_share": ""}, staff_cost=True)).grade == "不合格"


def test_a_declaration_against_the_figures_decides_nothing() -> None:
    facts = some_facts({"staff_cost_share": "75"}, staff_cost=False)
    condition = the("staff_cost", facts)
    assert condition.holds is None
    assert condition.reason.zh == "人员费用占年度支出（%） 75；低于 80 即不合格；与认定（不存在）不一致，请核对"
    assert a_sheet(facts=facts).grade is None


def test_missing_person_times_are_never_fewer_than_due_less_present() -> None:
    facts = some_facts({"staff_due": "100", "staff_present": "94", "staff_missing": "1"})
    condition = the("staff_shortage", facts)
    assert condition.value == 6
    assert condition.reason.zh.startswith("应到 100 人次，实到 94 人次，缺 6 人次；另填累计缺 1 人次，取多的")


def test_missing_person_times_may_be_stated_alone() -> None:
    facts = some_facts({"staff_due": "", "staff_present": "", "staff_missing": "5"})
    assert the("staff_shortage", facts).reason.zh == "累计缺 5 人次；达到 5 即不合格"
    assert the("staff_shortage", facts).holds is True


def test_several_conditions_are_all_named() -> None:
    sheet = a_sheet(facts=some_facts({"staff_cost_share": "70"}, financial=True))
    assert len(sheet.disqualified) == 2
    assert "「年度服务期内人员费用支出比例低于 80%」、「财务评估结果为不合格」" in sheet.grade_reason.zh


def test_with_points_missing_a_holding_condition_is_already_said() -> None:
    sheet = a_sheet({}, facts=some_facts(financial=True))
    assert sheet.grade is None
    assert sheet.grade_reason.zh == "评分还不完整；已存在「财务评估结果为不合格」，不论得分都是不合格"


def test_facts_are_read_from_stored_texts() -> None:
    facts = StationFacts.from_statements({"staff_due": "130", "financial": "true", "professional": "false"})
    assert facts.numbers == {"staff_due": Decimal(130)}
    assert facts.declared == {"financial": True, "professional": False}
    assert facts.to_dict() == {
        "numbers": {"staff_due": "130"},
        "declared": {"financial": True, "professional": False},
    }


@pytest.mark.parametrize(
    "statements",
    [{"staff_due": "many"}, {"staff_due": "-1"}, {"staff_due": "NaN"}, {"staff_due": "Infinity"}, {"wages": "3"}],
)
def test_facts_that_cannot_be_are_refused(statements: dict[str, str]) -> None:
    with pytest.raises(ScoreInputError):
        StationFacts.from_statements(statements)
