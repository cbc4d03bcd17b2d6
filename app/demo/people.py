"""Invented people with the fields of a real ledger; the same ones at every call."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from sampling.categories import CATEGORIES

SEED = 20231117
# Shibi's three service areas and ten villages (published report of 2023), with invented numbers of people.
AREAS: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = (
    ("第一片区", (("石壁一村", 168), ("石壁二村", 142), ("石壁三村", 121), ("石壁四村", 96))),
    ("第二片区", (("南站社区", 64), ("韦涌村", 187), ("都那村", 113))),
    ("第三片区", (("大洲村", 152), ("屏山一村", 131), ("屏山二村", 126))),
)
# How offices write the categories, and how common each is in the invented ledger.
WEIGHTS = {
    "01": 9, "02": 4, "03": 5, "04": 2, "05": 24, "06": 1, "07": 2, "08": 3, "09": 1, "10": 2, "11": 5, "12": 14,
    "13": 13, "14": 4, "15": 6, "16": 4, "17": 2,
}  # fmt: skip
SPELLINGS = {"01": "低保", "03": "低边对象", "12": "空巢老人", "13": "独居老人", "08": "困境儿童"}
SURNAMES = "陈梁李黄何林张罗郭冯谭叶刘吴钟谢曾邓苏韦简卢区麦霍"
DOUBLE_SURNAMES = ("欧阳", "司徒", "上官", "司马")
RARE_SURNAMES = ("𠮷", "𡈼", "𬭎")  # beyond the basic plane: most systems break on them
GIVEN = "妹英莲娇金银桂华明强伟芳秀珍玉兰成德福寿安康庆荣光辉志国建平凤仪惠娟婵娥顺添旺炳坤泉润标焯"


@dataclass(frozen=True)
class Invented:
    """One invented person with the fields of a ledger row."""

    name: str
    sex: str
    birth: str
    village: str
    categories: str
    phone: str = ""
    other_phone: str = ""
    guardian: str = ""
    guardian_phone: str = ""
    address: str = ""


class _Inventor:
    def __init__(self) -> None:
        self.random = random.Random(SEED)  # noqa: S311 - invented people must be the same every time
        self.used: set[tuple[str, str]] = set()
        self.mobile = 0
        self.landline = 0

    def name(self, village: str) -> str:
        pick = self.random
        while True:
            draw = pick.random()
            if draw < 0.004:
                surname = pick.choice(RARE_SURNAMES)
            elif draw < 0.03:
                surname = pick.choice(DOUBLE_SURNAMES)
            else:
                surname = pick.choice(SURNAMES)
            name = surname + "".join(pick.sample(GIVEN, pick.choice((1, 2, 2, 2))))
            if (name, village) not in self.used:
                self.used.add((name, village))
                return name

    def new_mobile(self) -> str:
        """An invented mobile number, 199 0000 nnnn."""
        self.mobile += 1
        return f"1990000{self.mobile:04d}"

    def new_landline(self) -> str:
        self.landline += 1
        return f"8000{self.landline:04d}"

    def codes(self) -> tuple[str, ...]:
        first = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        codes = {first}
        while self.random.random() < 0.22:
            extra = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
            if _age_group(extra) == _age_group(first) or CATEGORIES[extra].youngest == 0 == CATEGORIES[first].youngest:
                codes.add(extra)
        return tuple(sorted(codes))

    def age(self, codes: tuple[str, ...]) -> int:
        youngest = max(CATEGORIES[code].youngest for code in codes)
        oldest = min(CATEGORIES[code].oldest for code in codes)
        low = max(youngest + 1, 3)
        return self.random.randint(low, max(low, min(oldest - 1, 94)))


def _age_group(code: str) -> str:
    category = CATEGORIES[code]
    return "child" if category.oldest < 20 else "elder" if category.youngest >= 60 else "adult"


def office_spelling(code: str) -> str:
    """A category in the spelling of the office."""
    return SPELLINGS.get(code, CATEGORIES[code].zh)


FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def invented_people() -> list[Invented]:
    """About 1,300 people, some with a shared family telephone, a landline, no number or full-width digits."""
    inventor = _Inventor()
    pick = inventor.random
    people: list[Invented] = []
    for _area, villages in AREAS:
        for village, size in villages:
            family = ""
            for house in range(1, size + 1):
                codes = inventor.codes()
                age = inventor.age(codes)
                name = inventor.name(village)
                draw = pick.random()
                if draw < 0.08 and family:
                    phone = family  # several people of one household
                elif draw < 0.15:
                    phone = ""
                elif draw < 0.27:
                    phone = inventor.new_landline()
                else:
                    phone = family = inventor.new_mobile()
                if phone and pick.random() < 0.02:
                    phone = phone.translate(FULL_WIDTH)
                person = Invented(
                    name=name,
                    sex=pick.choice("男女"),
                    birth=f"{2023 - age}-{pick.randint(1, 12):02d}",
                    village=village,
                    categories="、".join(office_spelling(code) for code in codes),
                    phone=phone,
                    other_phone=inventor.new_mobile() if pick.random() < 0.05 else "",
                    address=f"{village}示例街{house}号",
                )
                if age < 18 or "15" in codes:
                    person = replace(person, guardian=inventor.name(village), guardian_phone=inventor.new_mobile())
                people.append(person)
    return people


def ledger_rows(people: list[Invented]) -> list[Invented]:
    """The rows of the office's file: some people stand in it twice, once under each category."""
    pick = random.Random(SEED + 1)  # noqa: S311 - the same file every time
    rows = list(people)
    for person in people:
        if pick.random() < 0.035 and person.phone:
            extra = pick.choice(["残疾人", "低保", "低边对象"])
            rows.append(replace(person, categories=extra, other_phone="", address=""))
    return rows
