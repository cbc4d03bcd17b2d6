"""Responses as an SPSS file with Chinese labels, value labels, missing values and measurement levels."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from app.exports.queries import ExportedResponse
from app.exports.variables import CODED, DATE, FLAG, NUMBER, TEXT, Value, Variable

# SPSS cuts a label after 256 bytes; a Chinese character takes three.
LONGEST_LABEL = 80
MEASURES = {TEXT: "nominal", CODED: "nominal", FLAG: "nominal", NUMBER: "scale", DATE: "scale"}


def write_sav(file: IO[bytes], variables: Sequence[Variable], responses: Iterable[ExportedResponse], title: str) -> int:
    """Write the file; returns how many rows. All rows are in memory at once.

    Coded answers whose codes are whole numbers become numbers; other codes stay short texts.
    """
    # Imported here because the import takes half a second and nothing else needs it.
    import pandas
    import pyreadstat

    rows = [[_cell(variable, variable.of(exported)) for variable in variables] for exported in responses]
    columns = {
        variable.name: pandas.Series([row[place] for row in rows], dtype=_dtype(variable))
        for place, variable in enumerate(variables)
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "responses.sav"
        pyreadstat.write_sav(
            pandas.DataFrame(columns),
            str(path),
            file_label=title[:20],
            column_labels=[shortened(variable.label.zh) for variable in variables],
            variable_value_labels={variable.name: _labels(variable) for variable in variables if variable.values},
            missing_ranges={
                variable.name: [_code(variable, code) for code in variable.missing[:3]]
                for variable in variables
                if variable.missing
            },
            variable_measure={variable.name: MEASURES[variable.kind] for variable in variables},
            row_compress=True,
            variable_format={variable.name: _format(variable) for variable in variables if _formatted(variable)},
        )
        file.write(path.read_bytes())
    return len(rows)


def shortened(label: str, longest: int = LONGEST_LABEL) -> str:
    """A label cut to a length that SPSS does not truncate."""
    return label if len(label) <= longest else label[: longest - 1] + "…"


def _numeric(variable: Variable) -> bool:
    if variable.kind == CODED:
        return all(code.isdecimal() for code, _ in variable.values)
    return variable.kind in (NUMBER, FLAG)


def _formatted(variable: Variable) -> bool:
    return variable.kind == DATE or _numeric(variable)


def _dtype(variable: Variable) -> str:
    # Dates must not be "object": a column without any value would become text.
    return "float64" if _numeric(variable) else "datetime64[ns]" if variable.kind == DATE else "object"


def _format(variable: Variable) -> str:
    return "DATE11" if variable.kind == DATE else f"F{12 if variable.places else 8}.{variable.places}"


def _labels(variable: Variable) -> dict[Any, str]:
    return {_code(variable, code): shortened(text.zh, 40) for code, text in variable.values}


def _code(variable: Variable, code: str) -> float | str:
    return float(code) if _numeric(variable) else code


def _cell(variable: Variable, value: Value) -> Any:
    if value is None:
        return None if variable.kind == DATE or _numeric(variable) else ""
    if _numeric(variable):
        return float(value) if isinstance(value, str | int | float | Decimal) else None
    return value if isinstance(value, date) else str(value)
