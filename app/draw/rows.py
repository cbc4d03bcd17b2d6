"""Table rows of the pages about plans, certificates and voided draws."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from app.draw.labels import CONTRIBUTION_KINDS, factors_in_words, protocol_in_words
from app.draw.queries.ceremony_next import CeremonyStep, Waiting
from app.draw.queries.plans import MisclassificationLine, PlanPreview
from app.localisation import iso_moment
from app.shared.cells import Cell, Code, Span
from app.shared.labels import listed, outcome_name
from sampling.projection import AreaProjection, Projection
from surveys.outcomes import OutcomeList

BEGINNING, SHORT = 16, 12  # of digests and keys of 64 hexadecimal digits


@dataclass(frozen=True)
class CostRow:
    """One cost or yield of a plan, and the same of the usual plan."""

    what: Cell
    chosen: Cell
    usual: Cell


def cost_rows(chosen: Projection, usual: Projection) -> list[CostRow]:
    """The costs and yields of the chosen plan and the usual one."""
    return [
        CostRow(_("抽中多少人，含另抽的"), chosen.total, usual.total),
        CostRow(_("预计要联系多少人（含候补）"), chosen.contacts, usual.contacts),
        CostRow(_("预计有效答卷"), chosen.answers, usual.answers),
        CostRow(_("层数"), chosen.strata, usual.strata),
        CostRow(_("全站满意率的误差（百分点，最坏情况）"), _points(chosen.margin), _points(usual.margin)),
        CostRow(
            _("全站满意率的误差（百分点，按预计满意率）"), _points(chosen.likely_margin), _points(usual.likely_margin)
        ),
    ]


def plan_consequences(preview: PlanPreview) -> list[str]:
    """What a plan costs and buys, in three sentences."""
    chosen, plan = preview.chosen, preview.plan
    beside = _("，另抽普通服务对象 %(n)s 人", n=plan.general) if plan.general else ""
    return [
        _(
            "从 %(population)s 人里抽 %(n)s 人%(beside)s（规定不少于 %(required)s 人），分层：%(strata)s。",
            population=preview.need.population,
            n=plan.size,
            beside=beside,
            required=preview.need.required,
            strata=factors_in_words(plan.strata),
        ),
        _(
            "预计有效答卷 %(answers)s 份，全站满意率的误差 %(margin)s 个百分点（最坏情况）。",
            answers=chosen.answers,
            margin=_points(chosen.margin) or "—",
        ),
        _(
            "访问不到的人：%(protocol)s；预计一共要联系 %(contacts)s 人。",
            protocol=protocol_in_words(plan),
            contacts=chosen.contacts,
        ),
    ]


def everyone_consequences(preview: PlanPreview) -> list[str]:
    """What it means that everyone is asked, in three sentences."""
    return [
        _("应访问的 %(n)s 人全部访问，一个不漏，没有抽样误差。", n=preview.need.population),
        _("不抽样，所以不用种子、承诺和开奖，也没有候补可以替换。"),
        _("确认以后名单不能再改；证书写明全部访问，谁都可以核对。"),
    ]


def waiting_in_words(waiting: Waiting) -> str:
    """What a ceremony waits for, as shown to everyone who takes part."""
    names = listed(waiting.names)
    if waiting.step is CeremonyStep.COMMITMENTS:
        return str(_("正在等 %(names)s 承诺。", names=names))
    if waiting.step is CeremonyStep.CLOSING:
        return str(_("承诺已经齐了，正在等评估负责人截止。"))
    if waiting.step is CeremonyStep.VALUES:
        return str(_("承诺已截止，正在等 %(names)s 的数值。", names=names))
    return str(_("种子已经齐了，正在等评估负责人抽样。"))


def _points(margin: float | None) -> str | None:
    return None if margin is None else f"± {margin * 100:.1f}"


@dataclass(frozen=True)
class PlanAreaRow:
    """The projection of a plan for one area."""

    name: Cell
    population: Cell
    drawn: Cell
    margin: Cell
    likely: Cell


def plan_area_rows(preview: PlanPreview) -> list[PlanAreaRow]:
    """A row for every area under the chosen plan."""
    return [
        PlanAreaRow(
            preview.area_names.get(row.area, row.area),
            row.population,
            _drawn(row),
            _points(row.margin),
            _points(row.likely_margin),
        )
        for row in preview.chosen.areas
    ]


def _drawn(row: AreaProjection) -> Cell:
    return int(row.drawn) if row.drawn == int(row.drawn) else str(_("约 %(n)s", n=round(row.drawn)))


@dataclass(frozen=True)
class ChanceTable:
    """Probabilities of misclassification: a column for each number of responses, a row for each true share."""

    columns: list[tuple[str | int, str] | tuple[str | int, str, str]]
    rows: list[dict[str | int, Cell]]


def misclassification_table(lines: Iterable[MisclassificationLine], sizes: Iterable[int]) -> ChanceTable:
    """The table of misclassification probabilities for these numbers of responses."""
    columns = [(place, _("%(n)s 份答卷", n=n), "number") for place, n in enumerate(sizes)]
    return ChanceTable([("share", _("真实满意率")), *columns], [_chances(line) for line in lines])


def _chances(line: MisclassificationLine) -> dict[str | int, Cell]:
    row: dict[str | int, Cell] = {"share": f"{line.share}%"}
    row.update({place: f"{chance.misclassified * 100:.0f}%" for place, chance in enumerate(line.by_size)})
    return row


@dataclass(frozen=True)
class ContributionRow:
    """One contribution to the seed."""

    name: Cell
    kind: Cell
    source: Cell
    value: Cell


def contribution_rows(certificate: Mapping[str, Any]) -> list[ContributionRow]:
    """A row for every contribution to the seed."""
    return [
        ContributionRow(
            Span(row["name"], "short"),
            CONTRIBUTION_KINDS[row["kind"]],
            row["source"],
            Code(row["value"], breaking=True),
        )
        for row in certificate["seed"]["contributions"]
    ]


@dataclass(frozen=True)
class CertificateStratumRow:
    """One stratum of a certificate."""

    stratum: Cell
    population: Cell
    allocated: Cell
    drawn: Cell


def certificate_stratum_rows(certificate: Mapping[str, Any], names: Mapping[str, str]) -> list[CertificateStratumRow]:
    """A row for every stratum, with its first ticket."""
    return [
        CertificateStratumRow(names[row["stratum"]], row["population"], row["allocated"], Code(_first_ticket(row)))
        for row in certificate["strata"]
    ]


def _first_ticket(stratum: Mapping[str, Any]) -> str:
    first = next((queue["drawn"][0]["ticket"] for queue in stratum["queues"] if queue["drawn"]), "")
    return _shortened(first, BEGINNING) if first else ""


def _shortened(text: str, length: int) -> str:
    return f"{text[:length]}…"


@dataclass(frozen=True)
class ReplacementRow:
    """One replacement."""

    n: Cell
    stratum: Cell
    outcome: Cell
    key: Cell
    at: Cell


def replacement_rows(
    certificate: Mapping[str, Any], names: Mapping[str, str], outcomes: OutcomeList
) -> list[ReplacementRow]:
    """A row for every replacement to date."""
    return [
        ReplacementRow(
            number,
            names[row["stratum"]],
            outcome_name(row["outcome"], outcomes),
            Code(_shortened(row["key"], SHORT)),
            iso_moment(row["at"]),
        )
        for number, row in enumerate(certificate["replacements"], 1)
    ]


@dataclass(frozen=True)
class VoidedRow:
    """A voided draw."""

    at: Cell
    reason: Cell
    digest: Cell


def voided_rows(voided: Iterable[Mapping[str, Any]]) -> list[VoidedRow]:
    """A row for every voided draw."""
    return [
        VoidedRow(iso_moment(row["at"]), row["reason"], Code(_shortened(row["digest"], BEGINNING))) for row in voided
    ]
