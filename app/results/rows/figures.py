"""Table cells for figures and for the outcomes of comparisons."""

from __future__ import annotations

from flask_babel import gettext as _

from app.localisation import to_visitor
from app.results.queries.figures import Figure
from app.shared.cells import Cell, Part, Plain, Strong, parts, small, under
from surveys.estimates import Difference, HomogeneityTest

LEVEL = 0.05
SMALLEST_P = 0.001  # below it p is not written out


def value_of(figure: Figure) -> str:
    """A figure with its unit, or the reason why none is given."""
    if figure.estimate is None:
        return to_visitor(figure.reason)
    return f"{figure.value}{'%' if figure.percent else ''}"


def interval_of(figure: Figure) -> str:
    """The interval from low to high; empty where there is none."""
    return f"{figure.interval[0]}–{figure.interval[1]}" if figure.interval else ""


def with_interval_below(figure: Figure) -> Cell:
    """A figure, and its interval below it."""
    between = interval_of(figure)
    return parts(value_of(figure), under(between) if between else None)


def with_interval_beside(figure: Figure) -> str:
    """A figure with its interval in brackets."""
    between = interval_of(figure)
    return (
        str(_("%(value)s（%(interval)s）", value=value_of(figure), interval=between)) if between else value_of(figure)
    )


def difference_cell(difference: Difference | None, unit: str = "", factor: int = 1) -> Cell:
    """The outcome of a comparison of two figures: verdict first, then the numbers; `unit` is that of the difference."""
    if difference is None:
        return _verdict(None)
    if difference.method == "full-coverage":
        words: Plain | Part = _("所有人都已作答，差异没有抽样误差")
    else:
        words = _verdict(difference.beyond_chance)
    numbers = f"{difference.value * factor:+.2f}{unit}"
    if difference.low is not None and difference.high is not None:
        low, high = f"{difference.low * factor:+.2f}", f"{difference.high * factor:+.2f}"
        numbers += _("（95%% 区间 %(low)s 到 %(high)s）", low=low, high=high)
    p = difference.p_value if difference.adjusted is None else difference.adjusted
    return parts(words, under(numbers if p is None else f"{numbers} {_p_value(p)}"))


def sameness_cell(sameness: HomogeneityTest) -> Cell:
    """Whether a share is the same in all groups."""
    if sameness.deciding is None:
        return str(_("无从比较"))
    tests = {
        "rao-scott": _("（Rao-Scott 检验）"),
        "freeman-halton": _("（精确检验，不加权）"),
        "all-alike": _("（所有人回答一样）"),
    }
    return parts(
        _verdict(sameness.deciding <= LEVEL), small(_p_value(sameness.deciding) + tests.get(sameness.method, ""))
    )


def _verdict(beyond_chance: bool | None) -> str | Strong:
    if beyond_chance is None:
        return str(_("回答太少，看不出差异"))
    return Strong(_("差异大于偶然可以解释的")) if beyond_chance else str(_("差异可能来自偶然"))


def _p_value(p: float) -> str:
    return "p < 0.001" if p < SMALLEST_P else f"p = {p:.3f}"
