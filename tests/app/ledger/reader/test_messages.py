"""Every sentence about a ledger is said in both languages, and a stored one is found again."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.queries.corrections import ADVICE
from app.ledger.reader.columns import FIELDS
from app.ledger.reader.errors import LedgerFileError, Limits
from app.ledger.reader.messages import MESSAGES, PARAMETERS, finding_text, other_row, quoted_word, stored_finding
from sampling.categories import CATEGORIES
from sampling.text import Text
from tests.app.ledger.reader.corpus import FILES, read_table

CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
NUMBERS = st.integers(0, 10**7).map(str)
WORDS = st.text(max_size=40)
VALUES = {
    "row": NUMBERS,
    "longest": NUMBERS,
    "count": NUMBERS,
    "quoted": WORDS.map(quoted_word),
    "other": st.builds(other_row, st.integers(0, 10**7), st.none() | WORDS),
    "field_name": st.sampled_from([field.label.zh for field in FIELDS.values()]),
    "category": st.sampled_from([category.zh for category in CATEGORIES.values()]),
}


def parameters_of(template: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", template))


def test_every_template_has_the_same_parameters_in_both_languages() -> None:
    assert set(VALUES) == set(PARAMETERS)
    for template in MESSAGES.values():
        assert parameters_of(template.zh) == parameters_of(template.en)
        assert parameters_of(template.zh) <= set(PARAMETERS)


def test_the_list_of_corrections_advises_on_every_finding() -> None:
    assert set(ADVICE) >= {code for code, _severity in MESSAGES}


@pytest.mark.parametrize("finding", MESSAGES, ids="/".join)
@given(data=st.data())
def test_the_english_sentence_of_a_stored_finding_is_found_again(finding: tuple[str, str], data: st.DataObject) -> None:
    names = parameters_of(MESSAGES[finding].zh)
    sentence = finding_text(*finding, **{name: data.draw(VALUES[name], label=name) for name in names})
    assert stored_finding(*finding, sentence.zh) == sentence


@pytest.mark.parametrize("finding", MESSAGES, ids="/".join)
def test_no_english_sentence_has_chinese_beyond_what_the_ledger_says(finding: tuple[str, str]) -> None:
    plain = {"quoted": quoted_word("x"), "other": other_row(3, "x"), "field_name": "姓名", "category": "低保对象"}
    names = parameters_of(MESSAGES[finding].zh)
    english = finding_text(*finding, **{name: plain.get(name, "7") for name in names}).en
    assert not CHINESE.search(english.replace("普通服务对象", "")), english


@given(finding=st.sampled_from(sorted(MESSAGES)), sentence=st.text())
def test_a_sentence_of_an_older_wording_stays_as_it_is(finding: tuple[str, str], sentence: str) -> None:
    assert stored_finding(*finding, sentence) == Text(sentence, sentence)
    assert stored_finding("no-such-code", "error", sentence) == Text(sentence, sentence)


@pytest.mark.parametrize("name", FILES)
def test_every_refusal_of_a_file_is_said_in_english_too(name: str) -> None:
    filename, build, _code, _word = FILES[name]
    with pytest.raises(LedgerFileError) as refusal:
        read_table(build(), filename, limits=Limits())
    for text in (refusal.value.message, refusal.value.place):
        plain = re.sub("“[^”]*”|姓名|村居|人员类别", "", text.en)
        assert bool(text.zh) == bool(text.en)
        assert not CHINESE.search(plain), text.en
