"""The 17 categories of people in difficulty and special groups, and the words ledgers use for them.

Source: 广州市社工服务站管理办法 （穗府办〔2023〕7号）, Article 4, in its order. The district's platform splits some of
them and counts its own list from 1 to 20, so a number alone is ambiguous until it is known which list it belongs to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

OLDEST = 150


@dataclass(frozen=True)
class Category:
    """One of the 17: its code, names, the words ledgers use, and the ages in years it implies.

    `unit` says whether offices grant it to a person or to a whole household; `sensitive` marks health, disability and
    minors, which the law on personal information sets apart (docs/domain.md, section 5).
    """

    code: str
    zh: str
    en: str
    unit: Literal["person", "household"] = "person"
    note: str = ""
    youngest: int = 0
    oldest: int = OLDEST
    sensitive: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def minor(self) -> bool:
        """Whether only children carry it: a guardian consents, and answers for those under 14."""
        return self.oldest < 18

    @property
    def elder(self) -> bool:
        """Whether only people of 60 or more carry it."""
        return self.youngest >= 60


_ALL = (
    Category(
        "01", "低保对象", "Minimum living allowance", "household", "按户认定",
        aliases=("低保", "低保户", "低保人员", "低保家庭", "低保家庭成员", "最低生活保障对象", "最低生活保障家庭"),
    ),
    Category(
        "02", "特困人员", "Extreme poverty support", note="按人认定",
        aliases=(
            "特困", "特困供养", "特困供养人员", "特困对象", "分散供养特困", "分散供养特困人员", "集中供养特困人员",
            "五保", "五保户", "五保对象",
        ),
    ),
    Category(
        "03", "低保边缘家庭成员", "Borderline low income", "household", "按户认定",
        aliases=(
            "低边", "低边对象", "低边户", "低边家庭", "低保边缘", "低保边缘户", "低保边缘家庭", "低保边缘对象",
            "低收入", "低收入困难家庭", "低收入困难家庭成员", "低收入家庭",
        ),
    ),
    Category(
        "04", "支出型困难家庭成员", "Hardship by expenditure", "household", "按户认定，更名为刚性支出困难家庭",
        aliases=(
            "支出型", "支出型困难", "支出型困难家庭", "刚性支出", "刚性支出困难", "刚性支出困难家庭",
            "刚性支出困难家庭成员", "刚性支出型困难家庭", "刚性支出/支出型困难家庭",
        ),
    ),
    Category(
        "05", "残疾人", "Disability", note="平台另列特殊困难重度残疾人", sensitive=True,
        aliases=("残疾", "残疾人士", "残障", "残障人士", "重度残疾", "重度残疾人", "特殊困难重度残疾人"),
    ),
    Category(
        "06", "流浪乞讨人员", "Homeless", note="常无电话，以走访为主",
        aliases=("流浪乞讨", "流浪", "流浪人员"),
    ),
    Category(
        "07", "农村留守儿童", "Left-behind rural child", oldest=17, sensitive=True,
        aliases=("留守儿童",),
    ),
    Category(
        "08", "困境儿童", "Child in difficulty", note="含孤儿、事实无人抚养儿童；平台分三类", oldest=17, sensitive=True,
        aliases=("其他困境儿童", "困境儿", "孤儿", "事实孤儿", "事实无人抚养", "事实无人抚养儿童"),
    ),
    Category(
        "09", "单身特困母亲", "Single mother in hardship", youngest=16,
        aliases=("单亲特困母亲", "特困母亲", "单亲特困妈妈", "单身特困妈妈"),
    ),
    Category("10", "农村留守妇女", "Left-behind rural woman", youngest=16, aliases=("留守妇女",)),
    Category("11", "孤寡老年人", "Elder without family", youngest=60, aliases=("孤寡", "孤老", "孤寡人员")),
    Category("12", "空巢老年人", "Empty-nest elder", youngest=60, aliases=("空巢", "空巢家庭")),
    Category("13", "独居老年人", "Elder living alone", youngest=60, aliases=("独居", "独居长者")),
    Category("14", "留守老年人", "Left-behind elder", youngest=60, aliases=("农村留守老年人",)),
    Category(
        "15", "失能老年人", "Elder unable to care for self", note="多由他人代答", youngest=60, sensitive=True,
        aliases=("失能", "失能半失能老年人", "半失能老年人"),
    ),
    Category(
        "16", "重残老年人", "Severely disabled elder", youngest=60, sensitive=True,
        aliases=("重残", "重度残疾老年人", "老年重残"),
    ),
    Category(
        "17", "计划生育特殊家庭等特殊困难老年人", "Elder of a bereaved one-child family", youngest=60, sensitive=True,
        aliases=(
            "计划生育特殊家庭", "计划生育特殊家庭老年人", "计生特殊家庭", "计生特殊家庭老年人", "计生特殊",
            "特殊困难老年人", "失独", "失独家庭", "失独老年人",
        ),
    ),
)  # fmt: skip

CATEGORIES: Mapping[str, Category] = MappingProxyType({category.code: category for category in _ALL})

# The platform's own numbers, 1 to 20; used only where a ledger says that it holds them.
PLATFORM_CODES: Mapping[int, str] = MappingProxyType(
    {
        1: "01", 2: "03", 3: "02", 4: "08", 5: "14", 6: "11", 7: "05", 8: "13", 9: "04", 10: "05",
        11: "06", 12: "07", 13: "09", 14: "10", 15: "12", 16: "15", 17: "16", 18: "17", 19: "08", 20: "08",
    }
)  # fmt: skip

# What ledgers write for a recipient of none of the 17.
GENERAL_WORDS = ("普通服务对象", "一般服务对象", "普通居民", "一般居民", "居民", "一般人群", "普通群众", "非困难群众")

_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕")
_BRACKETS = re.compile(r"[()\[\]【】〔〕「」《》\"'\u201c\u201d]")
_NUMBERING = re.compile(r"^(?:\(?\d{1,2}\)|\d{1,2}[.、:)]|[一二三四五六七八九十]{1,3}[.、])")
_OF_THE_17 = re.compile(r"0[1-9]|(?:第|类别)(?P<number>1?\d)类?")
# Separators count only outside brackets: 「残疾人(视力、肢体)」 is one category.
_PART = re.compile(r"(?:[(\uff08][^()\uff08\uff09\n]*[)\uff09]|[^\u3001,\uff0c;\uff1b/\uff0f|\uff5c+\uff0b\s])+")
_LONGEST = 60
_LONGEST_TITLE = 200


def _plain(text: str) -> str:
    """A word in the form that is compared: one width, no spaces, 老人 and 长者 written as in the rule."""
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    return re.sub("老人|长者", "老年人", folded)


_BY_NAME = {_plain(name): c.code for c in _ALL for name in (c.zh, *c.aliases)}
_LONGEST_FIRST = sorted(_BY_NAME, key=len, reverse=True)


def find(text: str, *, platform: bool = False) -> str | None:
    """The code of a category from its name or a usual other word; None for anything else.

    Of numbers only 01 to 09 and 「第 10 类」 are taken for the rule's own: a bare 10 may be either list's, and a wrong
    category is worse than a question. With `platform`, whole numbers are the platform's.

    >>> find("低保"), find("独居老人 "), find("1、低保对象"), find("残疾人(视力)")
    ('01', '13', '01', '05')
    >>> find("19", platform=True), find("19"), find("07"), find("第10类"), find("困难户")
    ('08', None, '07', '10', None)
    """
    if len(text) > _LONGEST:
        return None
    folded = _plain(text)
    if platform and re.fullmatch(r"[0-9]{1,2}", folded):
        return PLATFORM_CODES.get(int(folded))
    if match := _OF_THE_17.fullmatch(folded):
        code = f"{int(match['number']):02d}" if match["number"] else folded
        return code if code in CATEGORIES else None
    unnumbered = _NUMBERING.sub("", folded)
    for candidate in (folded, unnumbered, _BRACKETED.sub("", unnumbered), _BRACKETS.sub("", unnumbered)):
        if candidate in _BY_NAME:
            return _BY_NAME[candidate]
    return None


def within(text: str) -> tuple[str, ...]:
    """The codes of the categories named in a longer text, such as a title; the longest names count first.

    >>> within("沙湾街低保边缘家庭名单"), within("低保、特困人员台账"), within("困难群众台账")
    (('03',), ('01', '02'), ())
    """
    folded, codes = _plain(text[:_LONGEST_TITLE]), set()
    for name in _LONGEST_FIRST:
        if name in folded:
            folded = folded.replace(name, "|")
            codes.add(_BY_NAME[name])
    return tuple(sorted(codes))


def is_general(text: str) -> bool:
    """Whether a ledger says outright that a recipient belongs to none of the 17 categories.

    An empty cell does not: a forgotten category would take somebody out of the priority groups.

    >>> is_general("普通服务对象"), is_general(" 一般居民 "), is_general(""), is_general("无")
    (True, True, False, False)
    """
    return len(text) <= _LONGEST and _plain(text) in GENERAL_WORDS


def split_categories(text: str) -> tuple[str, ...]:
    """The parts of a cell that lists several categories, as written, each once.

    >>> split_categories("低保对象、残疾人(视力、肢体);独居老人/低保对象")
    ('低保对象', '残疾人(视力、肢体)', '独居老人')
    """
    if find(text):
        return (text.strip(),)
    return tuple(dict.fromkeys(_PART.findall(text)))
