"""The beneficiary's questionnaire in a browser without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app.clock import now
from app.desk.commands.attempts import record_attempt
from app.draw.commands.voiding import ask_to_void, confirm_void
from app.interview.commands.responses import submit_response
from app.models import Role
from surveys.questionnaire import load
from tests.app.survey_builders import NAMES, Survey
from tests.builders import a_member
from tests.visitor import Form, Page, Visitor, text_of

SERVED = {"C2": "1", "S1": "1", "S3": "1", "S6": "2", "B9": "96", "B10": "1", "D2P": "3", "D3": "2"}
AWARENESS = {f"A{n}": "5" for n in range(1, 6)}
CONTENT = {f"B{n}": "5" for n in range(1, 9)}
ALL = {**SERVED, **AWARENESS, **CONTENT}
ORDER = [question.id for question in load("recipient", 1).questions]


def begin(visitor: Visitor, link: str, consent: str = "1") -> Page:
    """The first page and its button."""
    return form_of(visitor.get(link)).submit(button=("q_C1", consent))


def form_of(page: Page) -> Form:
    """The form of a screen; the buttons that stand outside it belong to it all the same."""
    return page.form(containing="submission_key")


def question_on(page: Page) -> str | None:
    """The id of the question on a screen; None on the last one."""
    at = form_of(page).values().get("at")
    return at[0] if at else None


def reply(page: Page, answer: str | None) -> Page:
    """Answer the question on the screen, or skip it."""
    name, form = f"q_{question_on(page)}", form_of(page)
    buttons = {b.get("name") for b in form.element.iter("button")}
    if answer is None:
        return form.submit(button=("go", "refuse"))
    if name in buttons:
        return form.submit(button=(name, answer))
    return form.submit(button=("go", "next"), **{name: answer})


def walk(page: Page, answers: dict[str, str]) -> Page:
    """Go through every screen; questions not among the answers are skipped."""
    while (question := question_on(page)) is not None:
        page = reply(page, answers.get(question))
        assert page.status == 200
    return page


def last_screen(visitor: Visitor, link: str, answers: dict[str, str]) -> Page:
    """The last screen in one request: the page carries all answers, so sending them leads there."""
    page = begin(visitor, link)
    fields: dict[str, object] = dict(form_of(page).values()) | {f"q_{name}": given for name, given in answers.items()}
    fields["skipped"] = ["S4", "BR", "D1", "D2", *(q for q in ALL if q not in answers)]
    return visitor.post(f"{link}/form", fields)


def screen(visitor: Visitor, link: str, question: str) -> Page:
    """The screen of one question, with everything before it answered."""
    before = {name: given for name, given in ALL.items() if ORDER.index(name) < ORDER.index(question)}
    fields: dict[str, object] = dict(form_of(begin(visitor, link)).values())
    fields |= {f"q_{name}": given for name, given in before.items()}
    return visitor.post(f"{link}/form", fields | {"skipped": ["S4", "BR", "D1"]})


def finish(page: Page) -> Page:
    return form_of(page).submit(button=("go", "finish"))


def test_answering_every_screen_stores_one_counted_response(visitor: Visitor, survey: Survey) -> None:
    page = finish(walk(begin(visitor, survey.link(survey.cases[0])), ALL))
    assert page.heading == "谢谢您，收到了"
    [response] = survey.responses
    assert (response.mode, response.counted, response.satisfaction_index) == ("web", True, 1_000_000)
    assert response.answers == {"C1": "1", **{k: v for k, v in ALL.items() if k != "D2P"}, "B9": 96}
    assert response.aware is True
    assert survey.cases[0].outcome == "I1"


def test_the_first_page_says_who_asks_and_that_the_station_sees_nothing(visitor: Visitor, survey: Survey) -> None:
    page = visitor.get(survey.link(survey.cases[0]))
    assert page.heading == "石壁街社工服务站满意度调查"
    assert "某评估中心想听听您对石壁街社工服务站的看法" in page.text
    assert "社工站和街道看不到是谁、怎么答的" in page.text
    assert "保存到 2999-12-31" in page.text
    assert "tel:02080000099" in page.links()


def test_every_screen_shows_the_number_of_its_question_and_of_all(visitor: Visitor, survey: Survey) -> None:
    page = begin(visitor, survey.link(survey.cases[0]))
    assert "第 1 题，共 23 题" in page.text
    page = reply(page, "1")
    assert "第 2 题，共 23 题" in page.text
    assert "第 5 题，共 12 题" in reply(reply(reply(page, "1"), "2"), None).text  # never served: fewer remain


def test_no_screen_shows_the_name_of_the_person(visitor: Visitor, survey: Survey) -> None:
    page = visitor.get(survey.link(survey.cases[0]))
    screens = [page.html]
    page = form_of(page).submit(button=("q_C1", "1"))
    while (question := question_on(page)) is not None:
        screens.append(page.html)
        page = reply(page, ALL.get(question))
    screens += [page.html, finish(page).html]
    for name in NAMES:
        assert not any(name in screen or name[:1] + "*" in screen for screen in screens)
    assert not any("1990000" in screen for screen in screens)


def test_submitting_twice_stores_one_response(visitor: Visitor, survey: Survey) -> None:
    last = last_screen(visitor, survey.link(survey.cases[0]), ALL)
    assert finish(last).heading == finish(last).heading == "谢谢您，收到了"
    assert len(survey.responses) == 1


def test_a_used_link_says_that_it_was_filled_in_already(visitor: Visitor, survey: Survey) -> None:
    link = survey.link(survey.cases[0])
    finish(last_screen(visitor, link, ALL))
    for path in (link, f"{link}/form"):
        page = visitor.get(path)
        assert page.heading == "您已经填过了，谢谢"
        assert re.search(r"时间：\d{4}-\d\d-\d\d \d\d:\d\d", page.text)


def test_a_second_device_with_the_same_link_stores_nothing_after_the_first_finished(
    visitor: Visitor, another_visitor: Callable[[], Visitor], survey: Survey
) -> None:
    link = survey.link(survey.cases[0])
    mine, theirs = begin(visitor, link), begin(another_visitor(), link)
    finish(walk(mine, ALL))
    assert form_of(theirs).submit(button=("q_C2", "1")).heading == "谢谢您，收到了"
    assert len(survey.responses) == 1


def test_a_wrong_link_shows_a_page_in_plain_words(visitor: Visitor, survey: Survey) -> None:
    for path in ("/q/0000000000000000", "/q/x", "/q/0000000000000000/form", "/q/0000000000000000/thanks"):
        page = visitor.get(path)
        assert (page.status, page.heading) == (404, "这个链接打不开")


def test_a_replaced_link_no_longer_opens(visitor: Visitor, survey: Survey) -> None:
    old = survey.link(survey.cases[0])
    new = survey.link(survey.cases[0])
    assert (visitor.get(old).status, visitor.get(new).status) == (404, 200)


def test_a_link_of_a_voided_draw_no_longer_opens(visitor: Visitor, survey: Survey) -> None:
    link = survey.link(survey.cases[0])
    page = begin(visitor, link)
    ceremony = survey.cases[0].draw.ceremony
    assert ceremony is not None
    second = a_member(survey.session, survey.evaluation, Role.MONITOR)
    confirm_void(survey.session, ask_to_void(survey.session, ceremony, "演练", actor=survey.lead), actor=second)
    survey.session.commit()
    assert visitor.get(link).status == 404
    assert form_of(page).submit(button=("q_C2", "1")).status == 404


def test_a_link_copied_with_misread_characters_opens(visitor: Visitor, survey: Survey) -> None:
    token = survey.link(survey.cases[0]).removeprefix("/q/")
    misread = token.upper().replace("0", "O").replace("1", "I")
    grouped = "-".join(misread[n : n + 4] for n in range(0, 16, 4))
    assert visitor.get(f"/q/{grouped}").status == 200


def test_someone_never_served_is_asked_about_awareness_only(visitor: Visitor, survey: Survey) -> None:
    last = last_screen(visitor, survey.link(survey.cases[0]), {**ALL, "S3": "2"})
    finish(last)
    [response] = survey.responses
    assert not any(name.startswith("B") for name in response.answers)
    assert (response.never_served, response.valid, response.aware) == (True, True, True)
    assert survey.cases[0].outcome == "X1"


def test_a_relative_can_take_over_from_any_screen(visitor: Visitor, survey: Survey) -> None:
    page = screen(visitor, survey.link(survey.cases[0]), "B3")
    assert "请家人帮我填" in page.text
    page = form_of(page).submit(button=("go", "proxy"))
    assert question_on(page) == "S2"
    page = reply(page, "2")
    assert question_on(page) == "S2R"
    page = reply(page, "2")
    assert question_on(page) == "B3"  # straight back to where the relative took over
    assert "请家人帮我填" not in page.text
    finish(walk(page, ALL))
    [response] = survey.responses
    assert (response.proxy, response.answers["S1"], response.answers["S2"]) == (True, "2", "2")
    assert survey.cases[0].outcome == "I2"


def test_declining_is_confirmed_and_then_stored(visitor: Visitor, survey: Survey) -> None:
    link = survey.link(survey.cases[0])
    page = begin(visitor, link, consent="3")
    assert (page.heading, survey.responses) == ("您不想参加，对吗？", [])
    assert question_on(form_of(page).submit(button=("go", "back"))) == "C1"
    assert finish(page).heading == "好的，知道了"
    [response] = survey.responses
    assert (response.answers, response.counted) == ({"C1": "3"}, False)
    assert (survey.cases[0].outcome, survey.cases[0].outcome_final) == ("R1", True)
    assert visitor.get(link).heading == "您说过不想参加"


def test_going_back_keeps_answers_and_lets_them_be_changed(visitor: Visitor, survey: Survey) -> None:
    page = screen(visitor, survey.link(survey.cases[0]), "B3")
    back = form_of(form_of(page).submit(button=("go", "back"))).submit(button=("go", "back"))
    assert question_on(back) == "B1"
    assert "很满意已选" in back.text
    page = reply(back, "4")
    assert question_on(page) == "B3"  # B2 kept its answer
    finish(walk(page, ALL))
    assert {k: survey.responses[0].answers[k] for k in ("B1", "B2")} == {"B1": "4", "B2": "5"}


def test_going_back_ahead_of_the_first_question_leads_to_the_first_page(visitor: Visitor, survey: Survey) -> None:
    page = begin(visitor, survey.link(survey.cases[0]))
    consent = form_of(page).submit(button=("go", "back"))
    assert question_on(consent) == "C1"
    assert form_of(consent).submit(button=("go", "back")).heading == "石壁街社工服务站满意度调查"


def test_not_answering_is_stored_under_the_code_of_the_question_for_it(visitor: Visitor, survey: Survey) -> None:
    declined = {name: given for name, given in ALL.items() if name not in ("A1", "B2", "C2")}
    finish(walk(begin(visitor, survey.link(survey.cases[0])), declined))
    answers = survey.responses[0].answers
    assert (answers["A1"], answers["B2"], "C2" in answers) == ("9", "9", False)


def test_an_answer_can_be_changed_from_the_last_screen(visitor: Visitor, survey: Survey) -> None:
    last = last_screen(visitor, survey.link(survey.cases[0]), ALL)
    assert "没有回答" in last.text
    page = form_of(last).submit(button=("go", "to:S3"))
    assert question_on(page) == "S3"
    last = reply(page, "2")
    assert question_on(last) is None
    finish(last)
    assert survey.cases[0].outcome == "X1"


def test_a_reason_is_asked_for_only_after_a_low_answer(visitor: Visitor, survey: Survey) -> None:
    page = begin(visitor, survey.link(survey.cases[0]))
    questions = []
    while (question := question_on(page)) is not None:
        questions.append(question)
        page = reply(page, {**ALL, "B4": "2", "BR": "等了很久"}.get(question))
    finish(page)
    assert "BR" in questions
    assert survey.responses[0].answers["BR"] == "等了很久"


@pytest.mark.parametrize(
    ("question", "answer", "message"),
    [
        ("B9", "101", "请填 0 到 100 之间的整数。"),
        ("B9", "很好", "请填整数。"),
        ("D2", "长" * 501, "最多 500 个字，现在有 501 个。"),
    ],
)
def test_an_invalid_answer_is_reported_on_its_screen(
    visitor: Visitor, survey: Survey, question: str, answer: str, message: str
) -> None:
    page = screen(visitor, survey.link(survey.cases[0]), question)
    page = reply(page, answer)
    assert (page.status, question_on(page), survey.responses) == (422, question, [])
    assert message in page.text
    assert answer in page.html


def test_full_width_digits_are_accepted(visitor: Visitor, survey: Survey) -> None:
    finish(last_screen(visitor, survey.link(survey.cases[0]), {**ALL, "B9": "９６"}))
    assert survey.responses[0].answers["B9"] == 96


def test_a_forged_code_is_refused_and_nothing_stored(visitor: Visitor, survey: Survey) -> None:
    link = survey.link(survey.cases[0])
    page = form_of(begin(visitor, link)).submit(button=("q_C2", "77"))
    assert (page.status, question_on(page)) == (422, "C2")
    last = last_screen(visitor, link, ALL)
    page = form_of(last).submit(button=("go", "finish"), q_B1="77")
    assert (page.status, question_on(page), survey.responses) == (422, "B1", [])


@pytest.mark.parametrize("key", ["", "garbage", "' OR 1=1 --", None])
def test_a_form_without_its_key_is_refused(visitor: Visitor, survey: Survey, key: str | None) -> None:
    last = last_screen(visitor, survey.link(survey.cases[0]), ALL)
    page = form_of(last).submit(button=("go", "finish"), submission_key=key)
    assert (page.status, page.heading, survey.responses) == (422, "这一页不完整", [])


def test_a_form_without_its_token_is_refused(visitor: Visitor, survey: Survey) -> None:
    link = survey.link(survey.cases[0])
    assert visitor.post(f"{link}/form", {"q_C1": "1", "go": "finish"}).status == 400
    assert survey.responses == []


def test_ten_megabytes_of_text_are_refused(visitor: Visitor, survey: Survey) -> None:
    page = begin(visitor, survey.link(survey.cases[0]))
    assert form_of(page).submit(button=("q_D2", "x" * 10_000_000)).status == 413
    assert survey.responses == []


def test_the_first_mode_to_finish_counts_and_the_other_response_is_stored(visitor: Visitor, survey: Survey) -> None:
    case = survey.cases[0]
    last = last_screen(visitor, survey.link(case), ALL)
    submit_response(
        survey.session,
        survey.cases[0],
        mode="phone",
        answers={**ALL, "C1": "1", "S5": "2", **{f"A{n}": "1" for n in range(1, 6)}} | {"D2P": ""},
        submission_key=survey.cases[0].uuid,
        started_at=now(),
        interviewer=survey.interviewer,
    )
    survey.session.commit()
    assert finish(last).heading == "谢谢您，收到了"
    assert [(r.mode, r.counted) for r in survey.responses] == [("phone", True), ("web", False)]


def test_a_link_of_a_closed_case_says_that_the_questionnaire_is_closed(visitor: Visitor, survey: Survey) -> None:
    case = survey.cases[0]
    old, link = survey.link(case), survey.link(case)
    last = last_screen(visitor, link, ALL)
    record_attempt(survey.session, case, attempt_key=case.uuid, mode="phone", outcome="NE2", interviewer=None)
    survey.session.commit()
    for page in (visitor.get(link), visitor.get(f"{link}/form"), visitor.get(f"{link}/thanks"), finish(last)):
        assert (page.status, page.heading) == (410, "这份问卷已经停止填写")
        assert "迁出" not in page.text
    assert visitor.get(old).status == 404
    assert survey.responses == []


def test_a_link_of_a_closed_case_that_was_not_revoked_shows_no_questions(visitor: Visitor, survey: Survey) -> None:
    case = survey.cases[0]
    link = survey.link(case)
    case.outcome, case.outcome_final = "NC1", True
    survey.session.commit()
    assert visitor.get(link).status == 410


def test_after_settling_a_link_says_that_the_survey_is_over(visitor: Visitor, survey: Survey) -> None:
    link = survey.link(survey.cases[0])
    last = last_screen(visitor, link, ALL)
    survey.settle()
    for page in (visitor.get(link), visitor.get(f"{link}/form"), finish(last)):
        assert (page.status, page.heading) == (410, "这次调查已经结束")
    assert survey.responses == []


def test_thanks_before_answering_leads_to_the_first_page(visitor: Visitor, survey: Survey) -> None:
    assert visitor.get(f"{survey.link(survey.cases[0])}/thanks").heading == "石壁街社工服务站满意度调查"


def test_every_question_is_shown_in_english_too(visitor: Visitor, survey: Survey) -> None:
    with visitor.client.session_transaction() as cookies:
        cookies["language"] = "en"
    page = begin(visitor, survey.link(survey.cases[0]))
    assert page.heading.startswith("The list says which group of recipients")
    assert [text_of(b) for b in form_of(page).element.iter("button")][:2] == ["I agree", "I do not agree"]


def test_a_screen_with_all_it_loads_stays_under_100_kilobytes(
    visitor: Visitor, survey: Survey, repository: Path
) -> None:
    page = begin(visitor, survey.link(survey.cases[0]))
    loaded = [e.get("href") for e in page.tree.iter("link")] + [e.get("src") for e in page.tree.iter("script")]
    files = {repository / "app" / path.split("?")[0].lstrip("/") for path in loaded if path}
    assert len(page.html.encode()) + sum(file.stat().st_size for file in files) < 100_000


def test_only_wrong_links_are_rate_limited(survey: Survey, counting: Callable[..., Flask]) -> None:
    link, visitor = survey.link(survey.cases[0]), Visitor(counting(TOKEN_LIMIT="5 per minute"))
    assert finish(walk(begin(visitor, link), ALL)).status == 200  # two dozen requests
    guesses = [visitor.client.get(f"/q/{n:016d}").status_code for n in range(7)]
    assert guesses == [404] * 5 + [429] * 2
