"""What is said of a row of a ledger: one template in two languages for each code and severity of a finding.

A finding is stored as its Chinese sentence. Its English one is made from that: the sentence is matched with the
template of its code, which gives its parameters, and these fill the English template.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from app.ledger.reader.columns import FIELDS
from sampling.categories import CATEGORIES
from sampling.text import Text

_ROW = re.compile(r"(?:「(?P<ledger>.*?)」)?(?:工作表「(?P<sheet>.*)」)?第 (?P<row>[0-9]+) 行", re.DOTALL)

# Code and severity → what is said.
MESSAGES: Mapping[tuple[str, str], Text] = MappingProxyType(
    {
        ("no-name", "error"): Text(
            "第 {row} 行缺少姓名。补上后重新上传。", "Row {row} has no name. Add it and upload again."
        ),
        ("long-name", "error"): Text(
            "第 {row} 行的姓名超过 {longest} 个字。改正后重新上传。",
            "Row {row}: the name is longer than {longest} characters. Correct it and upload again.",
        ),
        ("no-village", "error"): Text(
            "第 {row} 行缺少村居。补上后重新上传。", "Row {row} has no village. Add it and upload again."
        ),
        ("unknown-village", "error"): Text(
            "第 {row} 行的村居{quoted}不在名单里。改正后重新上传。",
            "Row {row}: the village{quoted} is not on the list. Correct it and upload again.",
        ),
        ("no-category", "error"): Text(
            "第 {row} 行缺少人员类别。补上后重新上传；不属于困难群众和特殊群体的写「普通服务对象」。",
            "Row {row} has no category. Add it and upload again; for people in none of the categories of difficulty "
            "write “普通服务对象” (general recipient).",
        ),
        ("unknown-category", "error"): Text(
            "第 {row} 行的人员类别{quoted}不在 17 类里。改正后重新上传。",
            "Row {row}: the category{quoted} is none of the 17. Correct it and upload again.",
        ),
        ("unknown-category", "warning"): Text(
            "第 {row} 行的人员类别{quoted}不在 17 类里，先记其余类别。改正后可重新上传。",
            "Row {row}: the category{quoted} is none of the 17; the others of the row were taken in. "
            "You may correct it and upload again.",
        ),
        ("no-phone", "warning"): Text(
            "第 {row} 行缺少电话。补上后重新上传，或标为走访。",
            "Row {row} has no telephone. Add one and upload again, or mark the person for a visit.",
        ),
        ("bad-phone", "warning"): Text(
            "第 {row} 行的{field_name}有 {count} 个号码不完整或有错，没有列入。改正后可重新上传。",
            "Row {row}, {field_name}: incomplete or wrong numbers, which were left out: {count}. "
            "You may correct them and upload again.",
        ),
        ("bad-birth", "warning"): Text(
            "第 {row} 行的出生年月看不明白，没有列入。改正后可重新上传。",
            "Row {row}: the date of birth cannot be understood and was left out. You may correct it and upload again.",
        ),
        ("age-category", "warning"): Text(
            "第 {row} 行的出生年月与类别「{category}」不符。请核对。",
            "Row {row}: the date of birth does not fit the category “{category}”. Please check.",
        ),
        ("error-value", "error"): Text(
            "第 {row} 行的{field_name}是错误值（#N/A 之类）。改正后重新上传。",
            "Row {row}, {field_name}: an error value (such as #N/A). Correct it and upload again.",
        ),
        ("error-value", "warning"): Text(
            "第 {row} 行的{field_name}是错误值（#N/A 之类），没有列入。改正后可重新上传。",
            "Row {row}, {field_name}: an error value (such as #N/A), which was left out. "
            "You may correct it and upload again.",
        ),
        ("remark-dead", "warning"): Text(
            "第 {row} 行的{field_name}写着已经去世，暂仍列入。请核对。",
            "Row {row}, {field_name}: it says that the person has died; the row still stands. Please check.",
        ),
        ("remark-moved", "warning"): Text(
            "第 {row} 行的{field_name}写着已经迁出，暂仍列入。请核对。",
            "Row {row}, {field_name}: it says that the person has moved away; the row still stands. Please check.",
        ),
        ("remark-left", "warning"): Text(
            "第 {row} 行的{field_name}写着已经退出或注销，暂仍列入。请核对。",
            "Row {row}, {field_name}: it says that the person has left the register; the row still stands. "
            "Please check.",
        ),
        ("hidden-row", "info"): Text(
            "第 {row} 行在文件里是隐藏的，已按选择列入。",
            "Row {row} is hidden in the file; it was taken in, as chosen.",
        ),
        ("hidden-left", "info"): Text(
            "第 {row} 行在文件里是隐藏的，已按选择不列入。",
            "Row {row} is hidden in the file; it was left out, as chosen.",
        ),
        ("number-of-many", "warning"): Text(
            "第 {row} 行的电话有 {count} 个不同姓名的人在用，可能是社工、村居或他人的。请核对。",
            "Row {row}: people of {count} different names have this telephone, which may be that of a social worker, "
            "the village office or somebody else. Please check.",
        ),
        ("merged", "info"): Text(
            "第 {row} 行与{other}是同一个人，合并为一人。",
            "Row {row} and {other} are the same person and were merged.",
        ),
        ("two-villages", "warning"): Text(
            "第 {row} 行与{other}姓名、电话相同，村居不同。暂按{other}的村居列入，请核对。",
            "Row {row} and {other} have the same name and telephone but different villages. "
            "For now the village of {other} stands; please check.",
        ),
        ("two-births", "warning"): Text(
            "第 {row} 行与{other}合并为一人，出生年份不同。暂按{other}列入，请核对。",
            "Row {row} and {other} were merged; their years of birth differ. "
            "For now that of {other} stands; please check.",
        ),
        ("two-phones", "warning"): Text(
            "第 {row} 行与{other}合并为一人，电话不同。两处的号码都列入，请核对哪个是对的。",
            "Row {row} and {other} were merged; their telephones differ. Both were taken in; please check which is "
            "right.",
        ),
        ("shared-phone", "info"): Text(
            "第 {row} 行与{other}电话相同，姓名不同。一家人共用的不用改，其他请核对。",
            "Row {row} and {other} have the same telephone but different names. "
            "A telephone shared by a family is right; please check any other.",
        ),
        ("probable-duplicate", "warning"): Text(
            "第 {row} 行与{other}姓名、村居相同，可能是同一个人，没有合并。请核对。",
            "Row {row} and {other} have the same name and village. They may be the same person and were not merged; "
            "please check.",
        ),
        ("probable-duplicate", "info"): Text(
            "第 {row} 行与{other}经核对是同一个人，已合并。",
            "Row {row} and {other} were found to be the same person and are merged.",
        ),
    }
)


@dataclass(frozen=True)
class Parameter:
    """A parameter of a template: how it looks in the Chinese sentence, and how the English one writes it."""

    pattern: str
    in_english: Callable[[str], str] = str


def quoted_word(word: str) -> str:
    """A word of a ledger in quotation marks, as {quoted} wants it; nothing for no word."""
    return f"「{word}」" if word else ""


def other_row(row: int, ledger: str | None = None, sheet: str = "") -> str:
    """Another row, as {other} wants it, with the names of its ledger and sheet where these are others."""
    return (f"「{ledger}」" if ledger is not None else "") + (f"工作表「{sheet}」" if sheet else "") + f"第 {row} 行"


def _quoted_in_english(quoted: str) -> str:
    return f" “{quoted[1:-1]}”" if quoted else ""


def _row_in_english(other: str) -> str:
    match = _ROW.fullmatch(other)
    if match is None:
        return other
    places = [(" of the sheet", match["sheet"]), (" of", match["ledger"])]
    return f"row {match['row']}" + "".join(f"{of} “{name}”" for of, name in places if name is not None)


def _one_of(words: Mapping[str, str]) -> Parameter:
    return Parameter("|".join(map(re.escape, words)), lambda word: words.get(word, word))


PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        "row": Parameter("[0-9]+"),
        "longest": Parameter("[0-9]+"),
        "count": Parameter("[0-9]+"),
        "quoted": Parameter("(?:「.*」)?", _quoted_in_english),
        "other": Parameter("(?:「.*」)?(?:工作表「.*」)?第 [0-9]+ 行", _row_in_english),
        "field_name": _one_of({field.label.zh: field.label.en for field in FIELDS.values()}),
        "category": _one_of({category.zh: category.en for category in CATEGORIES.values()}),
    }
)


def finding_text(code: str, severity: str, **parameters: object) -> Text:
    """The sentence of a finding, its parameters written as the Chinese sentence has them."""
    template = MESSAGES[code, severity]
    chinese = {name: str(value) for name, value in parameters.items()}
    english = {name: PARAMETERS[name].in_english(value) for name, value in chinese.items()}
    return Text(template.zh.format(**chinese), template.en.format(**english))


def stored_finding(code: str, severity: str, sentence: str) -> Text:
    """A stored Chinese sentence in both languages; one that an older template made stays Chinese in both.

    >>> stored_finding("no-name", "error", "第 3 行缺少姓名。补上后重新上传。").en
    'Row 3 has no name. Add it and upload again.'
    >>> stored_finding("no-name", "error", "第三行没有写姓名。").en
    '第三行没有写姓名。'
    """
    template = MESSAGES.get((code, severity))
    match = _pattern(template.zh).fullmatch(sentence) if template else None
    return finding_text(code, severity, **match.groupdict()) if match else Text(sentence, sentence)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """Matches the sentences of a template; a parameter that stands twice must be the same in both places."""
    pieces, seen = [], set[str]()
    for place, piece in enumerate(re.split(r"\{(\w+)\}", template)):
        if place % 2 == 0:
            pieces.append(re.escape(piece))
        else:
            pieces.append(f"(?P={piece})" if piece in seen else f"(?P<{piece}>{PARAMETERS[piece].pattern})")
            seen.add(piece)
    return re.compile("".join(pieces), re.DOTALL)
