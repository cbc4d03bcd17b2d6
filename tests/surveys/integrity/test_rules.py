"""Rules as data: the delivered ones are sound, and every mistake of a wrong document is reported at once."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from surveys.integrity import read_rules, standard
from surveys.integrity.flags import flags
from surveys.integrity.rules import STANDARD
from surveys.library import body
from surveys.problems import InvalidDocument
from tests.surveys.integrity.interviews import an_interview, several


def document() -> dict[str, Any]:
    return copy.deepcopy(body("integrity", *STANDARD))


def problems(wrong: object) -> dict[str, str]:
    with pytest.raises(InvalidDocument) as caught:
        read_rules(wrong)
    return {problem.where.zh: problem.message.zh for problem in caught.value.problems}


def test_the_delivered_rules_are_read_in_their_order() -> None:
    assert [rule.code for rule in standard()][:3] == ["fast", "skimmed", "line"]
    assert standard()[0].of("share_of_median") == 0.4


def test_every_mistake_is_reported_at_once() -> None:
    wrong = document()
    wrong["rules"][0] |= {"code": "快", "severity": "punish", "colour": "red"}
    wrong["rules"][1]["thresholds"] = {"milliseconds": -1, "share_of_questions": 0.6, "least": 1}
    wrong["rules"][2]["kind"] = "guess"
    wrong["rules"][3]["zh"] = "{interviews} 份，{name}"
    wrong["rules"][4]["en"] = "Several interviews {"
    wrong["rules"][5]["zh"] = "{interviews} 份答卷涉嫌造假"
    wrong["rules"][7]["code"] = "no-call"
    reported = problems(wrong)
    assert set(reported) == {
        "rules[1].code",
        "rules[1].severity",
        "rules[1].colour",
        "rules[2].thresholds.milliseconds",
        "rules[2].thresholds.share_of_questions",
        "rules[2].thresholds.least",
        "rules[2].thresholds.least_questions",
        "rules[3].kind",
        "rules[4].zh",
        "rules[4].en",
        "rules[5].en",
        "rules[6].zh",
        "rules",
    }
    assert "不说谁做了假" in reported["rules[6].zh"]


@pytest.mark.parametrize("wrong", [None, [], {}, {"format": "integrity-1", "rules": "all"}, {"rules": [1, None]}])
def test_what_is_no_document_is_refused(wrong: object) -> None:
    assert problems(wrong)


def test_a_threshold_changed_in_the_document_changes_what_is_flagged() -> None:
    changed = document()
    changed["rules"][0]["thresholds"]["share_of_median"] = "0.9"
    slower = an_interview("slower", total_seconds=140)
    interviews = [slower, *several(6, "lin")]
    assert flags(interviews) == ()
    assert [flag.interviews for flag in flags(interviews, rules=read_rules(changed))] == [("slower",)]


def test_a_rule_left_out_flags_nothing() -> None:
    changed = document()
    changed["rules"] = [rule for rule in changed["rules"] if rule["kind"] != "no_call"]
    assert flags([an_interview(had_call=False)], rules=read_rules(changed)) == ()


def test_a_sentence_cannot_access_attributes_of_objects() -> None:
    wrong = document()
    wrong["rules"][0]["zh"] = "{seconds.__class__}"
    assert "rules[1].zh" in problems(wrong)
