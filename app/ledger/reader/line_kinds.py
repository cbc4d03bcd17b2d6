"""Tells the lines of a ledger that are no people: totals, signatures, and headings in the middle of the table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from sampling import categories

_TOTAL = re.compile(r"(?:本页|本村|本社区|本表|全村|全街|全镇|各项)?(?:[合小总共累]计)(?:[:(0-9].*)?(?:人数|户数)?")
_SIGNATURE = re.compile(
    r"(?:填表|填报|制表|制作|统计|审核|审批|复核|校对|经办|(?:单位|社区|村居)?负责|主管|分管)"
    r"(?:人|员|单位|日期|时间|领导|签名|签字)?(?:\([^()]*\))?(?::.*)?"
    r"|(?:(?:填表|填报)?日期|时间|联系人|联系电话|注|备注|(?:填表)?说明):.*"
    r"|\(?(?:单位)?(?:盖章|签名|签字|公章)\)?(?::.*)?|以下(?:空白|无正文)"
)
_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十0-9]{1,3}\)|第[一二三四五六七八九十]+部分).{2,}"
)
_PLACE = re.compile(r".{2,}(?:村|社区|[村居]委会?|[村居]民委员会|街道?|镇)")
_COUNT = re.compile(r"[:\s]*(?:\(?(?:共|合计|小计|计)?\d{1,6}[人户名]\)?)?[:\s]*$")
_ONLY_COUNT = re.compile(r"(?:共|合计|小计|计)?:?\d{1,6}[人户名]")
_FIRST = frozenset("本全各合小总共累填制统审复校经单社村负主分日时联注备说盖签公以(（")
_LONGEST = 60


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text[:_LONGEST]).split())


def may_be_nobody(text: str) -> bool:
    """Whether a text may begin a total or a signature, by its first character; a quick test for every row."""
    return text[0] in _FIRST


def is_total(text: str) -> bool:
    """Whether the first words of a row say that it is a sum.

    >>> [is_total(t) for t in ("合 计", "小计：12人", "总计", "本页合计", "合计数", "陈小计")]
    [True, True, True, True, False, False]
    """
    return _TOTAL.fullmatch(_plain(text)) is not None


def is_signature(text: str) -> bool:
    """Whether the first words of a row say who made the ledger and when, or explain it.

    >>> [is_signature(t) for t in ("填表人：", "审核人", "制表日期：3月", "注：按户", "陈注", "负责人（签名）：")]
    [True, True, True, True, False, True]
    """
    return _SIGNATURE.fullmatch(_plain(text)) is not None


def bare_heading(text: str) -> str:
    """The words of a heading without its number and the count of people behind it.

    >>> [bare_heading(t) for t in ("一、特困人员（12人）", "石壁一村：", "（二） 低保对象")]
    ['特困人员', '石壁一村', '低保对象']
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = re.sub(
        r"^(?:[一二三四五六七八九十]{1,3}[、.]|\([一二三四五六七八九十0-9]{1,3}\)|\d{1,2}[、.])\s*", "", plain
    )
    return _COUNT.sub("", plain)


def heading_text(text: str, others: Sequence[str], *, wide: bool) -> str:
    """The text of a heading row, or nothing for a row of the table.

    `text` is the row's first cell and `others` its other filled ones, which may only count people; `wide` says that the
    cell is merged over several columns. A name alone is a person without particulars, so other words must name a
    category or a place, or be numbered.
    """
    if not all(_ONLY_COUNT.fullmatch(_plain(other)) for other in others if other != text):
        return ""
    bare, tidy = bare_heading(text), " ".join(text.split())
    if wide or _NUMBERED.fullmatch(_plain(text)) or _PLACE.fullmatch(_plain(bare)):
        return tidy
    return tidy if categories.find(bare) or categories.is_general(bare) else ""
