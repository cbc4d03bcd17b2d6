"""The interview page: saving answer by answer, the review before storing, storing once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.answer_keys.commands import enter_answer_key
from app.clock import now
from app.desk.commands.calls import start_call
from app.desk.commands.minors import open_minor_record
from app.models import AuditEvent, Case, DeskNote, Draft, Paradata
from tests.app.survey_builders import Survey, a_survey
from tests.builders import a_hold
from tests.clock import a_morning
from tests.visitor import Form, Page, Visitor

SPOKEN = {
    "C1": "1", "C2": "1", "S1": "1", "S3": "1", "S5": "2", "S6": "2",
    **{f"A{n}": "1" for n in range(1, 6)}, **{f"B{n}": "5" for n in range(1, 9)},
    "B9": "95", "B10": "1", "D3": "2",
}  # fmt: skip
TICKED = {"tick_self": "yes", "tick_family": "no", "tick_staff": "no", "tick_prompted": "no"}
PROXY = {**SPOKEN, "S1": "2", "S2": "1", "S2R": "2"}


@pytest.fixture
def survey(session: Session) -> Survey:
    """A survey whose first case is held by the interviewer."""
    made = a_survey(session)
    a_hold(session, made.cases[0], made.interviewer)
    return made


def address(case: Case) -> str:
    return f"/desk/cases/{case.uuid}"


def interview(visitor: Visitor, case: Case, mode: str = "phone") -> Form:
    """The interview form as it is opened."""
    return visitor.get(f"{address(case)}/interview/{mode}").form(containing="submission_key")


def fields(answers: dict[str, Any]) -> dict[str, Any]:
    return {f"q_{name}": given for name, given in answers.items()}


def hand_in(form: Form, answers: dict[str, Any], go: str = "check", **more: Any) -> Page:
    return form.submit(button=("go", go), **fields(answers), **{**TICKED, **more})


def autosave(form: Form, answers: dict[str, Any], position: str = "", **more: Any) -> Page:
    """Send what the script sends: the answers named, and nothing else of the page."""
    held = form.values()
    data: dict[str, Any] = {name: held[name] for name in ("csrf_token", "submission_key", "started_at")}
    data |= {"position": position, "saved": list(answers), **fields(answers), **more}
    return form.page.visitor.post(form.page.path + "/save", data)


def draft(survey: Survey) -> Draft | None:
    return survey.session.scalar(select(Draft))


def events(survey: Survey, action: str) -> int:
    return len(survey.session.scalars(select(AuditEvent).where(AuditEvent.action == action)).all())


# Storing


@pytest.mark.parametrize("mode", ["phone", "visit"])
def test_an_interview_is_stored_counted_and_closes_the_case(lan: Visitor, survey: Survey, mode: str) -> None:
    page = hand_in(interview(lan, survey.cases[0], mode), SPOKEN)
    assert page.path == address(survey.cases[0])
    assert "答卷已保存" in page.text
    [response] = survey.responses
    assert (response.mode, response.counted, response.satisfaction_index, response.facts_known) == (
        mode,
        True,
        1_000_000,
        5,
    )
    assert response.interviewer_id == survey.interviewer.id
    assert (survey.cases[0].outcome, survey.cases[0].outcome_final) == ("I1", True)


def test_the_same_interview_sent_twice_is_stored_once_with_the_same_answer(lan: Visitor, survey: Survey) -> None:
    form = interview(lan, survey.cases[0])
    first, second = hand_in(form, SPOKEN), hand_in(form, SPOKEN)
    assert first.path == second.path
    assert "答卷已保存" in second.text
    assert len(survey.responses) == 1


def test_paradata_are_stored_with_the_response(lan: Visitor, survey: Survey) -> None:
    form = interview(lan, survey.cases[0])
    values = {**{name: value[0] for name, value in form.values().items()}, **fields(SPOKEN), **TICKED}
    lan.post(
        form.page.path, {**values, "go": "check", "ms_B1": "4200", "ms_X": "1", "changes_B1": "2", "wording": "yue"}
    )
    [row] = survey.session.scalars(select(Paradata))
    assert (row.milliseconds, row.changes, row.language, row.kept) == ({"B1": 4200}, {"B1": 2}, "yue", [])
    assert (row.answered_self, row.family_present, row.staff_present, row.prompted) == (True, False, False, False)


def test_questions_left_open_are_listed_once_before_storing(lan: Visitor, survey: Survey) -> None:
    some = {name: given for name, given in SPOKEN.items() if name not in ("A2", "B3", "B9")}
    page = hand_in(interview(lan, survey.cases[0]), some)
    assert (page.status, survey.responses) == (422, [])
    assert "还有 3 题没有回答" in page.text
    assert {"#q_A2-0", "#q_B3-0", "#q_B9"} <= set(page.links())
    page = page.form(containing="submission_key").submit(button=("go", "finish"))
    assert "答卷已保存" in page.text
    assert survey.responses[0].satisfaction_index == 1_000_000


def test_a_missing_required_answer_is_reported_and_the_others_stay(lan: Visitor, survey: Survey) -> None:
    page = hand_in(interview(lan, survey.cases[0]), {k: v for k, v in SPOKEN.items() if k != "D3"})
    assert (page.status, survey.responses) == (422, [])
    assert "#q_D3-0" in page.links()
    assert "请回答这一题" in page.text
    assert page.form(containing="q_B1").values()["q_B1"] == ["5"]


@pytest.mark.parametrize("tick", list(TICKED))
def test_every_tick_must_be_answered(lan: Visitor, survey: Survey, tick: str) -> None:
    untouched: dict[str, Any] = {tick: None}
    page = hand_in(interview(lan, survey.cases[0]), SPOKEN, **untouched)
    assert (page.status, survey.responses) == (422, [])
    assert f"#{tick}-0" in page.links()
    assert "请选「是」或「否」" in page.text


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"q_B1": "77"}, "请从所列选项中选一个"),
        ({"q_B9": "101"}, "请填 0 到 100 之间的整数"),
        ({"q_B9": "九十"}, "请填整数"),
        ({"q_D1": ["1", "77"]}, "请从所列选项中选择"),
        ({"q_D2": "长" * 501}, "最多 500 个字"),
        ({"tick_self": "maybe"}, "请选「是」或「否」"),
        ({"witness": "长" * 81}, "最多 80 个字"),
        ({"submission_key": "garbage"}, "页面不完整"),
        ({"submission_key": None}, "页面不完整"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_with_its_reason(
    lan: Visitor, survey: Survey, wrong: dict[str, str], message: str
) -> None:
    form = interview(lan, survey.cases[0])
    page = form.submit(button=("go", "finish"), **{**fields(SPOKEN), **TICKED, **wrong})
    assert (page.status, survey.responses) == (422, [])
    assert message in page.text


def test_ten_megabytes_of_text_are_refused(lan: Visitor, survey: Survey) -> None:
    form = interview(lan, survey.cases[0])
    assert hand_in(form, {**SPOKEN, "D2": "x" * 10_000_000}).status == 413
    assert autosave(form, {"D2": "x" * 10_000_000}).status == 413
    assert (survey.responses, draft(survey)) == ([], None)


def test_a_person_never_served_skips_questions_on_service_and_the_supervisor_gets_a_note(
    lan: Visitor, survey: Survey
) -> None:
    hand_in(interview(lan, survey.cases[0]), {**SPOKEN, "S3": "2", "A3": "4"})
    [response] = survey.responses
    assert not any(name.startswith("B") for name in response.answers)
    assert (response.never_served, survey.cases[0].outcome) == (True, "X1")
    [note] = survey.session.scalars(select(DeskNote))
    assert (note.kind, note.case_id, note.written_by_id) == ("never_served", response.case_id, survey.interviewer.id)


def test_a_proxy_interview_requires_relation_and_reason_and_on_a_visit_a_witness(lan: Visitor, survey: Survey) -> None:
    form = interview(lan, survey.cases[0], "visit")
    page = hand_in(form, {**SPOKEN, "S1": "2"}, tick_self="no")
    assert (page.status, {"#q_S2-0", "#q_S2R-0", "#witness"} <= set(page.links())) == (422, True)
    hand_in(form, PROXY, tick_self="no", witness="王某，村委会工作人员")
    assert (survey.responses[0].proxy, survey.cases[0].outcome) == (True, "I2")
    assert survey.session.scalars(select(Paradata)).one().witness == "王某，村委会工作人员"


def test_a_witness_is_optional_by_telephone_and_not_stored_without_a_proxy(lan: Visitor, survey: Survey) -> None:
    hand_in(interview(lan, survey.cases[0]), PROXY, tick_self="no")
    a_hold(survey.session, survey.cases[1], survey.interviewer)
    hand_in(interview(lan, survey.cases[1]), SPOKEN, witness="王某")
    assert [row.witness for row in survey.session.scalars(select(Paradata))] == [None, None]


def test_a_child_is_asked_through_the_guardian_only(session: Session, visitor: Visitor) -> None:
    survey = a_survey(session, birth_year=2020, questionnaire_of=("recipient", 2))
    a_hold(session, survey.cases[0], survey.interviewer)
    visitor.sign_in("lan")
    visitor.get(f"/desk/cases/{survey.cases[0].uuid}").form(action="/open").submit(why="interview")
    form = interview(visitor, survey.cases[0])
    assert "只和父母或监护人通话" in form.page.text
    assert "请问是欧***的父母或监护人吗？" in form.page.text
    assert "请问系咪欧***的父母或监护人呀？" in form.page.text
    for answers, place in ((SPOKEN, "#q_S1-0"), (PROXY, "#q_S2-0")):
        page = hand_in(form, answers, tick_self="no" if answers is PROXY else "yes")
        assert (page.status, "不满 14 岁，只能由监护人回答。" in page.text, survey.responses) == (422, True, [])
        assert place in page.links()
    hand_in(form, {**PROXY, "S2": "3", "S2R": "1"}, tick_self="no")
    assert survey.responses[0].proxy


def test_the_page_of_a_teenager_says_to_inform_the_guardian_first(session: Session, visitor: Visitor) -> None:
    survey = a_survey(session, birth_year=now().year - 16)
    a_hold(session, survey.cases[0], survey.interviewer)
    open_minor_record(session, survey.cases[0], reason="抽中访问", actor=survey.interviewer)
    session.commit()
    visitor.sign_in("lan")
    form = interview(visitor, survey.cases[0])
    assert "先告诉监护人，本人可以回答" in form.page.text
    hand_in(form, SPOKEN)
    assert len(survey.responses) == 1


def test_a_person_who_refuses_is_asked_nothing_else(lan: Visitor, survey: Survey) -> None:
    form = interview(lan, survey.cases[0], "visit")
    autosave(form, {"C1": "3"})
    form.submit(button=("go", "check"), q_C1="3")
    [response] = survey.responses
    assert (response.answers, response.valid) == ({"C1": "3"}, False)
    assert (survey.cases[0].outcome, survey.cases[0].outcome_final, draft(survey)) == ("R1", True, None)


def test_after_settling_nothing_is_stored_and_the_page_keeps_its_answers(lan: Visitor, survey: Survey) -> None:
    form = interview(lan, survey.cases[0])
    survey.settle()
    page = hand_in(form, SPOKEN)
    assert (page.status, "评分已经定案" in page.text, survey.responses) == (422, True, [])
    assert page.form(containing="q_B9").values()["q_B9"] == ["95"]
    saved = autosave(form, {"C1": "1"})
    assert (saved.status, saved.response.json) == (409, {"problem": "评分已经定案，不能再改动。"})
    assert "评分已经定案" in lan.get(f"{address(survey.cases[0])}/interview/phone").text


# Soft checks


def test_unusual_answers_are_queried_and_stored_when_confirmed(lan: Visitor, survey: Survey) -> None:
    page = hand_in(interview(lan, survey.cases[0]), {**SPOKEN, "B9": "40"})
    assert (page.status, survey.responses) == (422, [])
    assert "您打了 40 分，和前面的回答差得比较多" in page.text
    assert "#q_B9" in page.links()
    form = page.form(containing="submission_key")
    assert form.submit(button=("go", "finish")).status == 422
    form.submit(button=("go", "finish"), kept="direct")
    assert len(survey.responses) == 1
    assert survey.session.scalars(select(Paradata)).one().kept == ["direct"]


def test_an_answer_changed_after_a_check_is_not_queried_again(lan: Visitor, survey: Survey) -> None:
    page = hand_in(interview(lan, survey.cases[0]), {**SPOKEN, "B9": "40"})
    page.form(containing="submission_key").submit(button=("go", "finish"), q_B9="90")
    assert survey.responses[0].direct_score == 90
    assert survey.session.scalars(select(Paradata)).one().kept == []


# Kept answer by answer


def test_each_answer_is_saved_with_its_time_and_the_page_resumes_at_the_same_question(
    lan: Visitor, survey: Survey
) -> None:
    form = interview(lan, survey.cases[0])
    saved = autosave(form, {"C1": "1", "D1": ["1", "3"]}, "C2", ms_C1="1500", wording="yue").response.json
    assert saved is not None
    assert re.fullmatch(r"\d\d:\d\d", saved["saved"])
    assert saved["problems"] == {}
    autosave(form, {"C2": "2", "B9": "88"}, "S1", tick_self="yes", witness="王某")
    page = interview(lan, survey.cases[0]).page
    held = page.form(containing="submission_key").values()
    assert held["submission_key"] == form.values()["submission_key"]
    assert (held["q_C1"], held["q_C2"], held["q_B9"], held["q_D1"]) == (["1"], ["2"], ["88"], ["1", "3"])
    assert (held["position"], held["wording"], held["tick_self"], held["witness"]) == (
        ["S1"],
        ["yue"],
        ["yes"],
        ["王某"],
    )
    assert "回到第 3 题：S1" in page.text
    assert "已保存" in page.text
    assert draft(survey).milliseconds == {"C1": 1500}  # type: ignore[union-attr]


def test_an_answer_that_is_cleared_is_deleted_from_the_draft(lan: Visitor, survey: Survey) -> None:
    form = interview(lan, survey.cases[0])
    autosave(form, {"C1": "1", "D1": ["1"]})
    autosave(form, {"D1": []})
    saved = draft(survey)
    assert saved is not None
    assert saved.answers == {"C1": "1"}


def test_an_invalid_answer_is_reported_and_the_others_are_saved(lan: Visitor, survey: Survey) -> None:
    form = interview(lan, survey.cases[0])
    saved = autosave(form, {"C1": "1", "B9": "101", "B1": "77", "Q": "1"}).response.json
    assert saved is not None
    assert saved["problems"] == {"B9": "请填 0 到 100 之间的整数。", "B1": "请从所列选项中选一个。"}
    stored = draft(survey)
    assert stored is not None
    assert stored.answers == {"C1": "1"}


def test_a_late_save_does_not_reopen_a_stored_interview(lan: Visitor, survey: Survey) -> None:
    form = interview(lan, survey.cases[0])
    autosave(form, {"C1": "1"})
    hand_in(form, SPOKEN)
    late = autosave(form, {"C1": "3"})
    assert (late.status, draft(survey), len(survey.responses)) == (409, None, 1)


def test_two_pages_of_one_case_are_one_interview(lan: Visitor, survey: Survey) -> None:
    first, second = interview(lan, survey.cases[0]), interview(lan, survey.cases[0])
    autosave(first, {"C1": "1"})
    saved = autosave(second, {"C2": "1"}).response.json
    assert saved is not None
    assert [saved["key"]] == first.values()["submission_key"]
    hand_in(second, SPOKEN)
    assert str(survey.responses[0].submission_key) == saved["key"]


def test_without_scripts_a_button_saves_the_answers(lan: Visitor, survey: Survey) -> None:
    page = interview(lan, survey.cases[0]).submit(button=("go", "save"), q_C1="1", q_B9="77", tick_staff="no")
    assert (page.path, page.status) == (f"{address(survey.cases[0])}/interview/phone", 200)
    assert "已保存" in page.text
    assert page.form(containing="q_C1").values()["q_B9"] == ["77"]
    wrong = page.form(containing="q_C1").submit(button=("go", "save"), q_B9="101")
    assert (wrong.status, "请填 0 到 100 之间的整数" in wrong.text) == (422, True)


def test_another_interviewer_resumes_the_interview_where_it_was_left(
    lan: Visitor, mei: Visitor, survey: Survey
) -> None:
    autosave(interview(lan, survey.cases[0]), {"C1": "1", "C2": "1"}, "S1")
    a_hold(survey.session, survey.cases[0], survey.other)
    form = interview(mei, survey.cases[0])
    assert form.values()["q_C2"] == ["1"]
    hand_in(form, SPOKEN)
    assert survey.responses[0].interviewer_id == survey.other.id


def test_an_interviewer_cannot_save_into_the_case_of_another(lan: Visitor, mei: Visitor, survey: Survey) -> None:
    token = mei.get("/desk").forms()[0].values()["csrf_token"]
    path = f"{address(survey.cases[0])}/interview/phone/save"
    assert mei.post(path, {"csrf_token": token, "saved": "C1", "q_C1": "1"}).status == 404
    assert lan.post(path, {"saved": "C1", "q_C1": "1"}).status == 400
    assert draft(survey) is None


def test_the_interview_page_links_to_the_outcomes_of_the_case(lan: Visitor, survey: Survey) -> None:
    page = interview(lan, survey.cases[0]).page
    assert f"{address(survey.cases[0])}#outcomes" in page.links()


# What is read aloud, and what is not


def test_the_greeting_is_masked_until_revealed_and_the_answers_stay(lan: Visitor, survey: Survey) -> None:
    form = interview(lan, survey.cases[0])
    assert "请问是欧***吗？我叫兰访问员，是某评估中心的访问员" in form.page.text
    page = form.submit(button=("go", "reveal"), q_C1="1", q_B9="88")
    assert "请问是欧阳小明吗？" in page.text
    sent = page.form(containing="q_C1").values()
    assert (sent["q_C1"], sent["q_B9"], sent["submission_key"]) == (["1"], ["88"], form.values()["submission_key"])
    assert events(survey, "contact.revealed") == 1


def test_during_a_call_the_greeting_shows_the_name(lan: Visitor, survey: Survey) -> None:
    start_call(survey.session, survey.cases[0], place=0, dialler="test", actor=survey.interviewer, at=a_morning())
    survey.session.commit()
    assert "请问是欧阳小明吗？" in interview(lan, survey.cases[0]).page.text
    assert "请问是欧***吗？" in interview(lan, survey.cases[0], "visit").page.text


def test_texts_to_read_aloud_are_shown_in_both_languages(lan: Visitor, survey: Survey) -> None:
    page = interview(lan, survey.cases[0]).page
    assert "社工对您的态度，比如礼貌、耐心、尊重您，您满意吗？社工对你嘅态度" in page.text
    assert "只在这时问：S1 答「家人或照顾者代答」" in page.text
    assert "过几天可能有同事打来核对一下" in page.text


def test_the_answer_key_is_shown_beside_each_fact(lan: Visitor, survey: Survey) -> None:
    no_answer_key = "社工站没有填写答案要点"
    page = interview(lan, survey.cases[0]).page
    assert page.text.count(no_answer_key) == 1
    assert f"A1、A2、A3、A4、A5：{no_answer_key}" in page.text
    enter_answer_key(survey.session, survey.evaluation, {"staff": "陈某、李姑娘"}, actor=survey.lead, leads=True)
    survey.session.commit()
    page = interview(lan, survey.cases[0]).page
    assert "答案要点（不要念） 陈某、李姑娘" in page.text
    assert f"A1、A2、A4、A5：{no_answer_key}" in page.text


def test_only_telephone_and_visit_interviews_have_this_page(lan: Visitor, survey: Survey) -> None:
    assert lan.get(f"{address(survey.cases[0])}/interview/web").status == 404


def test_the_scripts_used_by_the_interview_exist(lan: Visitor, survey: Survey, repository: Path) -> None:
    page = interview(lan, survey.cases[0]).page
    for script in page.tree.iter("script"):
        assert (repository / "app" / (script.get("src") or "?").split("?")[0].lstrip("/")).is_file()
