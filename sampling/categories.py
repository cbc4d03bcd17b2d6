"""The 17 categories of people in difficulty and special groups.

Source: 广州市社工服务站管理办法 (穗府办〔2023〕7号), Article 4, in its order. The district's platform splits some
of them and numbers its own list from 1 to 20.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """One category: its number of the 17, names, other words ledgers use for it, and the ages it implies."""

    code: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()
    youngest: int = 0
    oldest: int = 150


CATEGORIES = {
    category.code: category
    for category in (
        Category("01", "低保对象", "Minimum living allowance", ("低保", "低保户", "最低生活保障对象", "低保家庭")),
        Category("02", "特困人员", "Extreme poverty", ("特困", "五保", "五保户", "特困供养人员", "分散供养特困人员")),
        Category(
            "03",
            "低保边缘家庭成员",
            "Borderline low income",
            ("低边", "低保边缘", "低边对象", "低收入困难家庭", "低保边缘家庭", "低收入困难家庭成员"),
        ),
        Category(
            "04",
            "支出型困难家庭成员",
            "Hardship by expenditure",
            ("支出型", "支出型困难家庭", "刚性支出困难家庭", "刚性支出困难家庭成员"),
        ),
        Category("05", "残疾人", "Disability", ("残疾", "特殊困难重度残疾人", "重度残疾人", "残障人士")),
        Category("06", "流浪乞讨人员", "Homeless", ("流浪人员", "流浪乞讨")),
        Category("07", "农村留守儿童", "Left-behind child", ("留守儿童",), 0, 17),
        Category(
            "08",
            "困境儿童",
            "Child in difficulty",
            ("孤儿", "事实无人抚养儿童", "事实孤儿", "其他困境儿童"),
            0,
            17,
        ),
        Category("09", "单身特困母亲", "Single mother in need", ("单亲特困母亲", "特困母亲"), 16, 150),
        Category("10", "农村留守妇女", "Left-behind woman", ("留守妇女",), 16, 150),
        Category("11", "孤寡老年人", "Elder without family", ("孤寡老人", "孤寡"), 60),
        Category("12", "空巢老年人", "Empty-nest elder", ("空巢老人", "空巢"), 60),
        Category("13", "独居老年人", "Elder living alone", ("独居老人", "独居"), 60),
        Category("14", "留守老年人", "Left-behind elder", ("留守老人",), 60),
        Category("15", "失能老年人", "Elder unable to care for self", ("失能老人", "失能"), 60),
        Category("16", "重残老年人", "Severely disabled elder", ("重残老人", "重度残疾老年人", "重残"), 60),
        Category(
            "17",
            "计划生育特殊家庭等特殊困难老年人",
            "Elder of a bereaved one-child family",
            ("计生特殊家庭", "失独老人", "计划生育特殊家庭", "计生特殊家庭老人", "失独"),
            60,
        ),
    )
}

# The platform's 20 codes; used only for a column that says it holds them.
PLATFORM_CODES = {
    "1": "01", "2": "03", "3": "02", "4": "08", "5": "14", "6": "11", "7": "05", "8": "13", "9": "04", "10": "05",
    "11": "06", "12": "07", "13": "09", "14": "10", "15": "12", "16": "15", "17": "16", "18": "17", "19": "08",
    "20": "08",
}  # fmt: skip

_SEPARATORS = re.compile(r"[、，,；;/|\n\r]+|\s{2,}")
_IGNORED = re.compile(r"[\s()（）【】\[\]]")


def _plain(text: str) -> str:
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text))


_BY_NAME = {_plain(word): c.code for c in CATEGORIES.values() for word in (c.zh, *c.aliases)}


def find(text: str, *, platform: bool = False) -> str | None:
    """The code of a category from its name, a usual other word, or with `platform` the platform's number.

    >>> find("低保"), find("独居老人 "), find("19", platform=True), find("19")
    ('01', '13', '08', None)
    """
    word = _plain(text)
    if platform and word in PLATFORM_CODES:
        return PLATFORM_CODES[word]
    if re.fullmatch(r"0[1-9]|1[0-7]", word) and not platform:
        return word
    return _BY_NAME.get(word) or _BY_NAME.get(re.sub(r"^\d+[.、]?", "", word))


def split(text: str) -> tuple[str, ...]:
    """The parts of a cell that lists several categories.

    >>> split("低保对象、残疾人;独居老人")
    ('低保对象', '残疾人', '独居老人')
    """
    return tuple(part.strip() for part in _SEPARATORS.split(text) if part.strip())
