"""Which screen comes next, on every path through the questionnaire."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.interview.forms.steps import MODE, QuestionnaireProgress, declining_code
from surveys.questionnaire import Question, Questionnaire, check_answers, load

QUESTIONNAIRE = load("recipient", 1)
BEGUN = {"C1": "1", "C2": "1", "S1": "1"}


def next_id(answers: dict[str, object], skipped: tuple[str, ...] = ()) -> str | None:
    question = QuestionnaireProgress.of(QUESTIONNAIRE, answers, skipped).next()
    return question.id if question else None


def test_the_first_screen_asks_for_consent() -> None:
    assert next_id({}) == "C1"


def test_after_a_refusal_nothing_is_asked() -> None:
    progress = QuestionnaireProgress.of(QUESTIONNAIRE, {"C1": "3"})
    assert (progress.next(), progress.refused) == (None, True)


def test_a_skipped_question_is_not_asked_again() -> None:
    assert next_id(BEGUN) == "S3"
    assert next_id(BEGUN, ("S3",)) == "S6"


def test_a_required_question_cannot_be_skipped() -> None:
    assert next_id({"C1": "1", "C2": "1"}, ("S1",)) == "S1"


def test_an_answered_question_is_no_longer_skipped() -> None:
    assert QuestionnaireProgress.of(QUESTIONNAIRE, {**BEGUN, "S3": "1"}, ("S3",)).skipped == frozenset()


def test_changing_an_answer_asks_only_questions_that_newly_apply() -> None:
    relative = {**BEGUN, "S3": "2", "S6": "2", **{f"A{n}": "4" for n in range(1, 6)}, "S1": "2"}
    assert next_id(relative) == "S2"
    assert next_id({**relative, "S2": "1", "S2R": "1"}) == "D1"


def test_an_answer_to_a_question_that_no_longer_applies_is_dropped() -> None:
    progress = QuestionnaireProgress.of(QUESTIONNAIRE, {**BEGUN, "S3": "2", "B1": "1"})
    assert "B1" not in progress.answers
    assert "BR" not in [question.id for question in progress.path]


def test_before_the_end_is_the_last_question_and_before_the_first_is_none() -> None:
    progress = QuestionnaireProgress.of(QUESTIONNAIRE, BEGUN)
    last = progress.before(None)
    assert last is not None
    assert last.id == "D3"
    assert progress.before(QUESTIONNAIRE.question("C1")) is None


def test_the_number_of_questions_assumes_likely_answers() -> None:
    begun, never_served = (
        QuestionnaireProgress.of(QUESTIONNAIRE, BEGUN),
        QuestionnaireProgress.of(QUESTIONNAIRE, {**BEGUN, "S3": "2"}),
    )
    assert begun.place(QUESTIONNAIRE.question("S3")) == (3, 23)
    assert never_served.place(QUESTIONNAIRE.question("S6")) == (4, 12)


def test_the_declining_code_is_given_only_where_an_option_declines() -> None:
    assert [declining_code(QUESTIONNAIRE.question(name)) for name in ("A1", "B1", "D1", "C2")] == ["9", "9", None, None]


def _reply(question: Question, choose: st.DataObject) -> object:
    if question.options:
        code = choose.draw(st.sampled_from([option.code for option in question.options_in(MODE)]))
        return [code] if question.kind == "multiple" else code
    return str(choose.draw(st.integers(question.low, question.high))) if question.kind == "integer" else "说不上来"


@settings(max_examples=60)
@given(st.data())
def test_every_path_ends_with_answers_that_can_be_stored(choose: st.DataObject) -> None:
    answers: dict[str, object] = {}
    skipped: list[str] = []
    screens: list[str] = []
    while (question := QuestionnaireProgress.of(QUESTIONNAIRE, answers, skipped).next()) is not None:
        number, total = QuestionnaireProgress.of(QUESTIONNAIRE, answers, skipped).place(question)
        assert 1 <= number <= total
        screens.append(question.id)
        if MODE not in question.required and choose.draw(st.booleans()):
            skipped.append(question.id)
        else:
            answers[question.id] = _reply(question, choose)
    assert len(screens) == len(set(screens)) <= len(QUESTIONNAIRE.questions)
    assert check_answers(QUESTIONNAIRE, answers, MODE).problems == ()


def test_progress_does_not_depend_on_the_delivered_questionnaire() -> None:
    assert isinstance(QUESTIONNAIRE, Questionnaire)
    assert QuestionnaireProgress.of(QUESTIONNAIRE, {"unheard-of": "1"}, ("unheard-of",)).next() is not None
