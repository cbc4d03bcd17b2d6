"""The variables of an exported response: name, label, codes, and how the value is read.

Every format uses this one table, so that CSV, SPSS file and code book agree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.clock import local
from app.exports.queries import ExportedResponse
from app.models import Evaluation, Response
from app.models.responses import FACTS
from sampling.strata import GENERAL, MAIN
from sampling.text import Text
from surveys.estimates import INDEX_SCALE, StratumWeight
from surveys.questionnaire import Question, Questionnaire
from surveys.questionnaire.kinds import YES_NO, VariableType, kind_of
from surveys.rounding import half_up

Value = str | int | float | Decimal | date | None

TEXT, DATE, NUMBER, FLAG, CODED = VariableType
MODE_NAMES = (
    ("phone", Text("电访", "Telephone")),
    ("visit", Text("走访", "Home visit")),
    ("web", Text("网络问卷", "Web questionnaire")),
)
FACT_NAMES = {
    "address": Text("社工站地址", "where the station is"),
    "services": Text("服务内容", "what it does"),
    "staff": Text("社工人员", "a social worker"),
    "help": Text("求助渠道", "how to ask for help"),
    "funding": Text("经费来源", "who pays"),
}
PART_NAMES = (
    (MAIN, Text("规定的调查对象（计入结果和评分）", "Population of the rule: in results and score")),
    (GENERAL, Text("另抽的普通服务对象（单独报告）", "General recipients drawn beside it: reported apart")),
)


@dataclass(frozen=True)
class Variable:
    """One column. `values` are its codes with their meaning; `missing` are the codes that are no substantive answer."""

    name: str
    kind: VariableType
    label: Text
    of: Callable[[ExportedResponse], Value]
    values: tuple[tuple[str, Text], ...] = ()
    missing: tuple[str, ...] = ()
    places: int = 0


def variables_of(questionnaire: Questionnaire, evaluation: Evaluation) -> tuple[Variable, ...]:
    """Every variable in the order of the columns; open-ended answers are left out, as they may identify people."""
    fixed = (*_about_the_person(evaluation), *_about_the_design(), *_figures(questionnaire))
    used_names = {variable.name.casefold() for variable in fixed}
    question_variables: list[Variable] = []
    for question in questionnaire.questions:
        for variable in _answers(question):
            name = variable.name if variable.name.casefold() not in used_names else f"q_{variable.name}"
            while name.casefold() in used_names:
                name += "_"
            used_names.add(name.casefold())
            question_variables.append(Variable(**vars(variable) | {"name": name}))
    return (*fixed, *question_variables)


def _about_the_person(evaluation: Evaluation) -> tuple[Variable, ...]:
    areas = tuple((area.code, Text(area.name, area.name)) for area in evaluation.station.areas)
    villages = tuple((village.code, Text(village.name, village.name)) for village in evaluation.station.villages)
    return (
        Variable("response", TEXT, Text("答卷编号", "Response"), lambda e: str(e.response.uuid)),
        Variable("area", CODED, Text("片区", "Service area"), lambda e: e.area, areas),
        Variable("village", CODED, Text("村居", "Village or community"), lambda e: e.village, villages),
        Variable("mode", CODED, Text("访问方式", "Mode"), lambda e: e.response.mode, MODE_NAMES),
        Variable("date", DATE, Text("答卷日期", "Date"), lambda e: local(e.response.submitted_at).date()),
        _flag("proxy", Text("代答", "Answered by a proxy"), lambda r: r.proxy),
        _flag("staff_present", Text("访问时有社工或村居人员在旁", "Staff were present"), lambda r: r.staff_present),
        _flag("coached", Text("事先有人教过怎么回答", "Was told beforehand how to answer"), lambda r: r.coached),
        _flag("never_served", Text("表示没有接受过服务", "Says never to have been served"), lambda r: r.never_served),
    )


def _about_the_design() -> tuple[Variable, ...]:
    return (
        Variable("part", CODED, Text("样本部分", "Part of the sample"), lambda e: e.stratum.part, PART_NAMES),
        Variable("stratum", TEXT, Text("抽样层", "Stratum"), lambda e: e.stratum.stratum),
        Variable("stratum_population", NUMBER, Text("层内人数", "People"), lambda e: e.stratum.population),
        Variable("stratum_answered", NUMBER, Text("层内有效满意度答卷", "Answers"), lambda e: e.stratum.valid),
        *_weight("satisfaction", Text("满意度", "satisfaction"), lambda e: e.satisfaction),
        *_weight("awareness", Text("知晓度", "awareness"), lambda e: e.awareness),
    )


def _weight(
    base: str, name: Text, weight_of: Callable[[ExportedResponse], StratumWeight | None]
) -> tuple[Variable, ...]:
    """Weight, variance stratum and its population; None for a response outside the base of the figure."""

    def part(get: Callable[[StratumWeight], Value]) -> Callable[[ExportedResponse], Value]:
        def value(exported: ExportedResponse) -> Value:
            weight = weight_of(exported)
            return None if weight is None else get(weight)

        return value

    return (
        Variable(
            f"{base}_weight",
            NUMBER,
            Text(f"{name.zh}权重", f"Weight of {name.en}"),
            part(lambda weight: float(weight.weight)),
            places=4,
        ),
        Variable(
            f"{base}_stratum",
            TEXT,
            Text(f"{name.zh}误差所用的层（已合并孤层）", f"Stratum for the variance of {name.en}, lonely ones joined"),
            part(lambda weight: weight.group),
        ),
        Variable(
            f"{base}_people",
            NUMBER,
            Text(f"{name.zh}误差所用层的人数", f"People of that stratum, for {name.en}"),
            part(lambda weight: float(weight.people)),
            places=4,
        ),
    )


def _figures(questionnaire: Questionnaire) -> tuple[Variable, ...]:
    satisfied = questionnaire.measures.satisfied

    def index(exported: ExportedResponse) -> Value:
        index_value = exported.response.satisfaction_index
        return None if index_value is None else half_up(Fraction(index_value, INDEX_SCALE), 4)

    return (
        Variable("satisfaction_index", NUMBER, Text("满意度指数（0 到 100）", "Satisfaction index"), index, places=4),
        _flag(
            "satisfied",
            Text("总体满意（满意或很满意）", "Satisfied on the whole"),
            lambda r: r.overall in satisfied if r.satisfaction_valid else None,
        ),
        _flag("aware", Text("知晓（五项知道三项）", "Aware: knows three of five facts"), lambda r: r.aware),
        Variable("facts_known", NUMBER, Text("知道几项", "Facts known"), lambda e: e.response.facts_known),
        Variable("facts_answered", NUMBER, Text("答了几项", "Facts answered"), lambda e: e.response.facts_answered),
        *(
            _flag(f"knows_{fact}", Text(f"知道{FACT_NAMES[fact].zh}", f"Knows {FACT_NAMES[fact].en}"), _knows(fact))
            for fact in FACTS
        ),
    )


def _knows(fact: str) -> Callable[[Response], bool | None]:
    return lambda response: getattr(response, f"knows_{fact}")


def _flag(name: str, label: Text, flag_of: Callable[[Response], bool | None]) -> Variable:
    def value(exported: ExportedResponse) -> Value:
        flag = flag_of(exported.response)
        return None if flag is None else int(flag)

    return Variable(name, FLAG, label, value, YES_NO)


def _answers(question: Question) -> list[Variable]:
    return [
        Variable(
            variable.name,
            variable.type,
            variable.label,
            _given(question.id, variable.value),
            variable.values,
            variable.missing,
        )
        for variable in kind_of(question).variables(question)
    ]


def _given(name: str, value: Callable[[Any], Value]) -> Callable[[ExportedResponse], Value]:
    return lambda exported: value(exported.response.answers.get(name))
