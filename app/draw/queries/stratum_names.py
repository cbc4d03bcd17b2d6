"""Readable names of strata, for example 甲村 · 老年人."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.models import Draw, Evaluation
from sampling.plan import Factor, Plan
from sampling.strata import ALL, GENERAL

GROUP_NAMES = {
    "child": _l("儿童"),
    "elder": _l("老年人"),
    "disabled": _l("残疾人"),
    "poor": _l("困难家庭"),
    GENERAL: _l("普通服务对象"),
}
PRIORITY_NAMES = {"priority": _l("困难群众和特殊群体"), GENERAL: _l("普通服务对象")}


def stratum_names(draw: Draw) -> dict[str, str]:
    """The name of each stratum of a draw, by its code."""
    plan = plan_of_draw(draw)
    if draw.is_coverage:
        return {row.stratum: stratum_name(draw.evaluation, plan, row.stratum, row.part) for row in draw.strata}
    return {
        row["stratum"]: stratum_name(draw.evaluation, plan, row["stratum"], row["part"])
        for row in draw.certificate["strata"]
    }


def plan_of_draw(draw: Draw) -> Plan:
    """The plan of a draw: as its certificate states it; where nobody was drawn, by which strata its cases are kept."""
    if draw.is_coverage and draw.ceremony is not None:
        return Plan.from_json(draw.ceremony.plan)
    return Plan.from_json(draw.certificate["plan"])


def stratum_name(evaluation: Evaluation, plan: Plan, code: str, part: str) -> str:
    """The name of one stratum; the general part is stratified by area and village only (sampling.strata)."""
    if code == ALL:
        return str(_("全部"))
    values, general = code.split("/"), part == GENERAL
    factors = [f for f in plan.strata if not general or f in (Factor.AREA, Factor.VILLAGE)]
    if general:
        values = values[1:]
    names = [_value(evaluation, factor, value) for factor, value in zip(factors, values, strict=False)]
    return " · ".join([str(GROUP_NAMES[GENERAL])] * general + names)


def _value(evaluation: Evaluation, factor: Factor, value: str) -> str:
    if factor is Factor.VILLAGE:
        return next((village.name for village in evaluation.station.villages if village.code == value), value)
    if factor is Factor.AREA:
        return next((area.name for area in evaluation.station.areas if area.code == value), value)
    names = GROUP_NAMES if factor is Factor.GROUP else PRIORITY_NAMES
    return str(names.get(value, value))
