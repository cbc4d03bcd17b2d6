"""The results as a workbook with native charts, from the same figures as the page."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from flask_babel import gettext as _

from app.clock import local, now
from app.documents.queries import questionnaire_of, scheme_of
from app.localisation import select_locale, to_visitor
from app.models import Evaluation
from app.results.labels import FACTS, STATISTICS, band_name
from app.results.queries.figures import Figure
from app.results.queries.results import AreaResult, Results
from app.shared.labels import MODES
from app.spreadsheets import Cell, Chart, Column, Row, Sheet
from app.supervision.queries.rates import FieldworkRates
from surveys.rounding import half_up
from surveys.scoring import ScoreSheet

HUNDRED = 100


def results_sheets(
    evaluation: Evaluation, results: Results, rates: FieldworkRates, sheet: ScoreSheet | None, certificate: str
) -> list[Sheet]:
    """Headline figures, bands, facts, areas, response rates, score, and what they rest on.

    `sheet` is None where the draw does not verify, so that nothing may be scored.
    """
    return [
        _headline(results),
        _bands(results),
        _facts(results),
        _areas(results),
        _rates(rates),
        *([] if sheet is None else [_score(sheet)]),
        _sources(evaluation, results, certificate),
    ]


def _interval(figure: Figure) -> tuple[Decimal | None, Decimal | None]:
    return figure.interval or (None, None)


def _how(figure: Figure) -> str:
    """How a figure was made and what is to be said beside it, or why there is none."""
    if figure.estimate is None:
        return to_visitor(figure.reason)
    between = " " if select_locale() == "en" else ""
    return between.join(map(to_visitor, (figure.estimate.how, *figure.estimate.notes)))


def _headline(results: Results) -> Sheet:
    rows: list[Row] = []
    for name, figure in results.figures.items():
        estimate = figure.estimate
        error = None if estimate is None or estimate.standard_error is None else Decimal(estimate.standard_error)
        rows.append(
            (
                str(STATISTICS[name]),
                figure.value,
                "%" if figure.percent else _("分"),
                *_interval(figure),
                None if error is None else half_up(error * (HUNDRED if figure.percent else 1), 4),
                estimate.n if estimate else 0,
                estimate.population if estimate else None,
                _how(figure),
            )
        )
    return Sheet(
        name=_("主要结果"),
        columns=(
            Column(_("指标"), 30),
            Column(_("数值")),
            Column(_("单位"), 8),
            Column(_("95% 区间下限"), 14),
            Column(_("95% 区间上限"), 14),
            Column(_("标准误"), places=4),
            Column(_("答卷"), 8),
            Column(_("代表人数"), 10),
            Column(_("怎样得出"), 60),
        ),
        rows=tuple(rows),
        charts=(Chart(_("主要结果与 95% 区间"), names=0, values=1, low=3, high=4, largest=HUNDRED),),
    )


def _bands(results: Results) -> Sheet:
    return Sheet(
        name=_("满意度分布"),
        columns=(Column(_("满意度指数"), 24), Column(_("人数")), Column(_("占比（%）"))),
        rows=tuple(
            (
                band_name(entry.band),
                entry.count,
                half_up(Fraction(entry.count * HUNDRED, results.valid), 2) if results.valid else None,
            )
            for entry in results.bands
        ),
        charts=(Chart(_("满意度分布（人）"), names=0, values=1),),
    )


def _facts(results: Results) -> Sheet:
    return Sheet(
        name=_("五项知晓"),
        columns=(
            Column(_("内容"), 24),
            Column(_("知道")),
            Column(_("回答")),
            Column(_("知晓率（%）")),
            Column(_("95% 区间下限"), 14),
            Column(_("95% 区间上限"), 14),
        ),
        rows=tuple(
            (str(FACTS[fact.fact]), fact.known, fact.answered, fact.figure.value, *_interval(fact.figure))
            for fact in results.facts
        ),
        charts=(Chart(_("五项知晓率与 95% 区间（%）"), names=0, values=3, low=4, high=5, bars=True, largest=HUNDRED),),
    )


def _areas(results: Results) -> Sheet:
    return Sheet(
        name=_("片区"),
        columns=(
            Column(_("片区"), 24),
            Column(_("抽中")),
            Column(_("有效")),
            Column(_("满意度指数")),
            Column(_("95% 区间下限"), 14),
            Column(_("95% 区间上限"), 14),
            Column(_("有效知晓率（%）"), 14),
            Column(_("95% 区间下限"), 14),
            Column(_("95% 区间上限"), 14),
            Column(_("说明"), 40),
        ),
        rows=tuple(_area(area) for area in results.areas),
        charts=(
            Chart(_("片区满意度指数与 95% 区间"), names=0, values=3, low=4, high=5, largest=HUNDRED),
            Chart(_("片区有效知晓率与 95% 区间（%）"), names=0, values=6, low=7, high=8, largest=HUNDRED),
        ),
    )


def _area(area: AreaResult) -> Row:
    return (
        area.name,
        area.drawn,
        None if area.hidden else area.valid,
        area.satisfaction.value,
        *_interval(area.satisfaction),
        area.awareness.value,
        *_interval(area.awareness),
        to_visitor(area.satisfaction.reason),
    )


def _rates(rates: FieldworkRates) -> Sheet:
    return Sheet(
        name=_("应答率"),
        columns=(Column(_("名称")), Column(_("数值（%）")), Column(_("公式（AAPOR）"), 60)),
        rows=tuple(
            (rate.name, None if rate.value is None else half_up(rate.value * HUNDRED, 2), rate.formula)
            for rate in rates.rates
        ),
    )


def _score(sheet: ScoreSheet) -> Sheet:
    english = select_locale() == "en"
    parties = {party.code: party.name_en if english else party.name for party in sheet.subtotals}
    rows: list[Row] = [
        (
            parties[line.party],
            line.name_en if english else line.name,
            line.maximum,
            line.counted,
            to_visitor(line.reason),
        )
        for line in sheet.lines
    ]
    grade = sheet.grade_en if english else sheet.grade
    rows.append((_("总分"), grade or "", None, sheet.total, to_visitor(sheet.grade_reason)))
    return Sheet(
        name=_("评分"),
        columns=(
            Column(_("评分方"), 20),
            Column(_("项目"), 36),
            Column(_("满分")),
            Column(_("计分")),
            Column(_("依据"), 80),
        ),
        rows=tuple(rows),
    )


def _sources(evaluation: Evaluation, results: Results, certificate: str) -> Sheet:
    questionnaire, scheme = questionnaire_of(evaluation), scheme_of(evaluation)
    modes: Sequence[tuple[str, Cell]] = [(str(MODES[mode]), number) for mode, number in results.modes.items()]
    return Sheet(
        name=_("依据"),
        columns=(Column(_("内容"), 24), Column(_("说明"), 90)),
        rows=(
            (_("评估"), evaluation.title),
            (_("导出时间"), local(now()).strftime("%Y-%m-%d %H:%M")),
            (_("抽样"), _("规定不少于 %(required)s 人，抽出 %(drawn)s 人，有效 %(valid)s 人。",
                         required=results.required, drawn=results.drawn, valid=results.valid)),
            *modes,
            (_("代答"), results.proxies),
            (_("表示没有接受过服务"), results.never_served),
            (_("抽样证书摘要"), certificate),
            (_("问卷"), f"{questionnaire.id} v{questionnaire.version} {questionnaire.digest}"),
            (_("评分方案"), f"{scheme.id} v{scheme.version} {scheme.digest}"),
        ),
    )  # fmt: skip
