"""A published scoring scheme as the data of its form."""

from __future__ import annotations

from typing import Any

from app.scores.forms.scheme_rows import DECLARED, GIVEN, PER_AREA

Body = dict[str, Any]


def data_of(body: Body) -> Body:
    """The data of the form for a valid document."""
    return {
        "id": body["id"],
        "title": body["title"]["zh"],
        "title_en": body["title"]["en"],
        "source": body["source"],
        "places": str(body["places"]),
        "parties": [
            _names(party["name"]) | {"code": party["code"], "lines": [_item_data(item) for item in party["items"]]}
            for party in body["parties"]
        ],
        "comparison": [_item_data(item) for item in body.get("comparison") or ()],
        "grades": [_names(g["name"]) | {"code": g["code"], "lowest": g["from"]} for g in body["grades"]],
        "disqualifying": [_condition_data(condition) for condition in body.get("disqualifying") or ()],
    }


def _names(name: Body) -> Body:
    return {"name": name["zh"], "name_en": name["en"]}


def _item_data(item: Body) -> Body:
    data = _names(item["name"]) | {"code": item["code"], "maximum": item["maximum"]}
    if item["kind"] == "given":
        return data | {"scoring": PER_AREA if item.get("per_area") else GIVEN}
    rule = item["rule"]
    data |= {"scoring": rule["kind"], "statistic": item["statistic"]}
    if rule["kind"] == "deduction":
        return data | {
            "start": rule["from"],
            "per": rule["per"],
            "taken": rule["points"],
            "partial": rule.get("partial", False),
        }
    return data | {"points": "\n".join(" ".join(pair) for pair in rule.get("points", ()))}


def _condition_data(condition: Body) -> Body:
    data = _names(condition["text"]) | {"code": condition["code"], "kind": DECLARED}
    if condition["kind"] == DECLARED:
        return data
    return data | {
        "kind": condition["comparison"],
        "quantity": condition["quantity"],
        "midterm": condition["thresholds"]["midterm"],
        "final": condition["thresholds"]["final"],
    }
