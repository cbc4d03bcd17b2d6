"""An R script that reproduces the headline figures from the CSV with the package `survey`."""

from __future__ import annotations

from importlib.resources import files

from app.results.queries.figures import Figure
from app.results.queries.results import Results


def r_script(results: Results) -> str:
    """The script, with the published figures written into it for comparison."""
    figures = results.figures
    columns = {
        "figure": [f'"{name}"' for name in figures],
        "value": [_value(figure) for figure in figures.values()],
        "se": [_number(figure, "standard_error") for figure in figures.values()],
        "low": [_number(figure, "low") for figure in figures.values()],
        "high": [_number(figure, "high") for figure in figures.values()],
        "n": [str(figure.estimate.n if figure.estimate else 0) for figure in figures.values()],
    }
    table = ",\n".join(f"  {name} = c({', '.join(cells)})" for name, cells in columns.items())
    return (files("app.exports") / "headline.R").read_text(encoding="utf-8").replace("#PUBLISHED", table)


def _value(figure: Figure) -> str:
    return "NA" if figure.estimate is None else str(figure.estimate.value * (100 if figure.percent else 1))


def _number(figure: Figure, name: str) -> str:
    number = None if figure.estimate is None else getattr(figure.estimate, name)
    return "NA" if number is None else repr(float(number) * (100 if figure.percent else 1))
