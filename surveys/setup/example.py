"""A description of an evaluation that an empty server accepts as it is, to be changed into one's own."""

from __future__ import annotations

from datetime import date

from surveys.setup import defaults
from surveys.setup.model import AreaSetup, DocumentChoice, EvaluationSetup, StationSetup

STATION = StationSetup(
    name="示例社工服务站",
    operator="示例社会工作服务中心",
    street="示例街道办事处",
    district="示例区",
    hotline="020-80000000",
    areas=(AreaSetup("第一片区", ("甲村", "乙村")), AreaSetup("第二片区", ("丙村", "丁社区"))),
)


def example(day: date) -> EvaluationSetup:
    """The midterm evaluation of an invented station in the year of `day`, with the delivered documents."""
    round_ = defaults.next_round(None, day)
    held = defaults.held_on(round_)
    return EvaluationSetup(
        title=defaults.title_of(STATION.name, round_),
        stage=round_.stage,
        reading="priority",
        period_start=round_.start,
        period_end=round_.end,
        held_on=held,
        keep_until=defaults.keep_until(held, day),
        evaluator="示例评估机构",
        commissioner="示例区民政局",
        purchaser=STATION.street,
        hotline="020-80000001",
        station=STATION,
        questionnaire=DocumentChoice("recipient"),
        scheme=DocumentChoice("guangzhou-2023"),
    )
