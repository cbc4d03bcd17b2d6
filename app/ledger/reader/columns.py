"""Matches the columns of a ledger to fields by their headings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sampling.text import Text


@dataclass(frozen=True)
class Field:
    """A ledger field: its label, headings that equal it, and words whose presence in a heading means it."""

    label: Text
    headings: tuple[str, ...]
    within: tuple[str, ...] = ()


# Headings as ledgers of the district write them (docs/domain.md, section 3).
FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        "name": Field(
            Text("姓名", "Name"),
            ("姓名", "名字", "服务对象", "对象姓名", "人员姓名", "本人姓名"),
            ("服务对象姓名",),
        ),
        "phone": Field(
            Text("联系电话", "Telephone"),
            ("联系电话", "常用电话", "本人电话", "电话", "电话号码", "手机", "手机号", "手机号码", "联系方式",
             "移动电话"),
            ("联系电话", "联系方式", "手机号"),
        ),
        "other_phone": Field(
            Text("其他联系电话", "Other telephone"),
            ("其他联系电话", "其他电话", "其它联系电话", "其它电话", "备用电话", "第二联系电话", "联系电话2", "电话2"),
            ("其他联系电话", "其它联系电话", "备用电话"),
        ),
        "landline": Field(
            Text("固定电话", "Landline"),
            ("固定电话", "固话", "座机", "座机号码", "家庭电话", "住宅电话"),
            ("固定电话",),
        ),
        "village": Field(
            Text("村居", "Village"),
            ("村居", "村", "社区", "村社区", "村/社区", "村/居", "村居委", "村居委会", "所属村居", "所在村居",
             "居住村居", "所属社区", "所在社区", "所属村", "所在村"),
            ("村居名称", "所属村", "所在村"),
        ),
        "categories": Field(
            Text("人员类别", "Category"),
            ("人员类别", "类别", "对象类别", "服务对象类别", "困难类别", "人员类型", "对象类型", "类型", "兜底类型",
             "困境类型", "群体类别", "所属类别", "平台类别代码"),
            ("人员类别", "对象类别", "兜底类型", "困境类型", "平台类别"),
        ),
        "birth_year": Field(
            Text("出生年月", "Born"),
            ("出生年月", "出生年月日", "出生日期", "出生年份", "出生年", "出生", "生日"),
            ("出生年", "出生日期"),
        ),
        "address": Field(
            Text("居住地址", "Home address"),
            ("居住地址", "现居住地址", "现住址", "住址", "地址", "家庭住址", "家庭地址", "常住地址", "详细地址",
             "联系地址"),
            ("居住地址", "现住址"),
        ),
        "guardian": Field(
            Text("监护人", "Guardian"),
            ("监护人", "监护人姓名", "主要照顾者", "主要照顾者姓名", "照顾者", "监护人/主要照顾者", "紧急联系人",
             "紧急联系人姓名"),
            ("监护人姓名", "主要照顾者姓名"),
        ),
        "guardian_phone": Field(
            Text("监护人电话", "Guardian's telephone"),
            ("监护人电话", "监护人联系电话", "监护人联系方式", "照顾者电话", "主要照顾者电话", "照顾者联系电话",
             "主要照顾者联系电话", "紧急联系电话", "紧急联系人电话", "紧急联系方式"),
            ("监护人电话", "监护人联系", "照顾者电话", "照顾者联系", "紧急联系人电话"),
        ),
        "self_care": Field(Text("自理能力", "Self-care"), ("自理能力", "自理情况", "生活自理能力"), ("自理能力",)),
        "remark": Field(
            Text("备注", "Remark"),
            ("备注", "备注说明", "说明", "情况说明", "状态", "人员状态", "目前状态", "现状", "变动情况", "变更情况",
             "异动情况", "是否在册"),
            ("备注",),
        ),
    }
)  # fmt: skip
REQUIRED = ("name", "village", "categories")

# Fields that may have several columns; two columns for any other are a question.
SEVERAL = frozenset(("phone", "other_phone", "landline", "guardian_phone", "remark"))
_PHONES = frozenset(("phone", "other_phone", "landline"))
# The fields that another person has too, so that what stands beside the heading decides whose it is.
_OF_A_PERSON = _PHONES | {"name", "birth_year", "guardian", "guardian_phone"}

# Common headings that help to recognise the header row; these columns are not imported.
OTHER_HEADINGS = frozenset(
    ("序号", "编号", "性别", "年龄", "民族", "身份证", "身份证号", "身份证号码", "户籍地址", "跟进级别",
     "负责社工", "社工点", "档案号")
)  # fmt: skip
SERIALS = frozenset(("序号", "编号", "序", "No.", "NO.", "序列"))
# Between the two rows of a heading: 「联系电话 / 本人」.
JOINT = " / "
# Headings of another person's name or telephone, or of data that must not be imported.
_NOT_THEIRS = re.compile("社工|网格|帮扶|负责|村干部|经办|填报|户主|残疾|联系人")
# What stands in brackets after a heading, or in the other row of it: somebody who is neither the person nor theirs.
_OTHERS = re.compile(
    "社工|网格|帮扶|负责|干部|经办|填报|填表|户主|联络员|联系人|村居|居委|村委|社区|单位|机构|街道|镇街"
)
_GUARDIANS = re.compile("监护|照顾|照护|照料|家属|亲属|亲友|子女|配偶|紧急")
_MARKS = re.compile(r"\([^()]*\)|[*:\s]")
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_LONGEST = 16


@dataclass(frozen=True)
class Suggestion:
    """Columns suggested for the fields, field → columns in order.

    `guessed` are columns taken for the person's telephone although they stand beside another person's name.
    """

    columns: Mapping[str, tuple[int, ...]]
    guessed: tuple[int, ...] = ()


def _plain(heading: str) -> str:
    """A heading normalised for comparison: NFKC, without spaces, marks or remarks in brackets."""
    text = unicodedata.normalize("NFKC", heading[:80])
    return _MARKS.sub("", text) or re.sub(r"[()*:\s]", "", text)


_BY_HEADING = {_plain(heading): name for name, field in FIELDS.items() for heading in field.headings}


def is_heading(text: str) -> bool:
    """Whether a cell looks like a column heading of a ledger."""
    return _plain(text.rpartition(JOINT)[2]) in OTHER_HEADINGS or any(_named(part) for part in (text, *_parts(text)))


def _parts(heading: str) -> list[str]:
    return heading.split(JOINT) if JOINT in heading else []


def _named(heading: str) -> str | None:
    plain = _plain(heading)
    return _BY_HEADING.get(plain) or _contained(plain)


def suggest(headers: Sequence[str]) -> Suggestion:
    """The columns suggested for each field, by heading.

    A telephone without an owner in its heading belongs to whoever the column before it names, if the person has
    another; of columns for one other field those whose heading is exactly the field's come first.

    >>> dict(suggest(["序号", "姓名*", "村居", "联系电话（监护人）", "人员类别"]).columns)
    {'categories': (4,), 'guardian_phone': (3,), 'name': (1,), 'village': (2,)}
    """
    fields = [field_of(heading) for heading in headers]
    guessed = _give_to_neighbours(headers, fields)
    found: dict[str, list[int]] = {}
    for column, name in enumerate(fields):
        if name is not None:
            found.setdefault(name, []).append(column)
    for name, columns in found.items():
        exact = [column for column in columns if _BY_HEADING.get(_plain(headers[column])) == name]
        if exact and name not in SEVERAL:
            found[name] = exact
    return Suggestion({name: tuple(found[name]) for name in sorted(found)}, guessed)


def field_of(heading: str) -> str | None:
    """The field a heading means by itself; None for another person's data and anything unknown.

    >>> [field_of(h) for h in ("联系电话（监护人）", "联系电话（社工）", "姓名（户主）", "联系电话 / 本人")]
    ['guardian_phone', None, None, 'phone']
    """
    whole = _BY_HEADING.get(_plain(heading))
    beside = _IN_BRACKETS.findall(unicodedata.normalize("NFKC", heading))
    if whole is None and (parts := _parts(heading)):
        base = _base(parts)
        whole = _named(base)
        beside += [part for part in parts if part is not base]
    elif whole is None:
        whole = _contained(_plain(heading))
    return _owned(whole, "".join(beside)) if whole in _OF_A_PERSON else whole


def _base(parts: Sequence[str]) -> str:
    """The part of a heading in two rows that says what it is: a telephone if there is one, else the last known."""
    of_phones = [part for part in parts if _named(part) in _PHONES | {"guardian_phone"}]
    known = [part for part in parts if _named(part) is not None]
    return (of_phones or known or parts)[-1]


def _owned(name: str, beside: str) -> str | None:
    """A field of a person in view of the words beside its heading."""
    if _GUARDIANS.search(beside):
        if name in _PHONES or name == "guardian_phone":
            return "guardian_phone"
        return "guardian" if name in ("name", "guardian") else None
    return None if _OTHERS.search(beside) else name


def _give_to_neighbours(headers: Sequence[str], fields: list[str | None]) -> tuple[int, ...]:
    """Give bare telephone columns to the person named in the column before; the columns that remain doubtful."""
    bare = [c for c in range(1, len(headers)) if fields[c] == "phone" and _bare(headers[c])]
    beside = {c: _neighbour(headers[c - 1], fields[c - 1]) for c in bare}
    of_others = [c for c in bare if beside[c] != ""]
    if len(of_others) == sum(name == "phone" for name in fields):
        return tuple(of_others)
    for column in of_others:
        fields[column] = beside[column]
    return ()


def _bare(heading: str) -> bool:
    """Whether a telephone's heading stands alone, with nothing beside it that could say whose it is."""
    beside = JOINT in heading or _IN_BRACKETS.search(unicodedata.normalize("NFKC", heading))
    return not beside and _plain(heading) in FIELDS["phone"].headings


def _neighbour(heading: str, name: str | None) -> str | None:
    """What a telephone beside this column is: the guardian's, nobody's of the ledger (None), or not decided ("")."""
    if name == "guardian":
        return "guardian_phone"
    plain = _plain(heading)
    return None if name is None and _NOT_THEIRS.search(plain) and not plain.startswith("残疾") else ""


def _contained(heading: str) -> str | None:
    """The field with the longest known word contained in a heading; None for another person's data."""
    if _NOT_THEIRS.search(heading) or len(heading) > _LONGEST:
        return None
    fits = [(len(word), name) for name, field in FIELDS.items() for word in field.within if word in heading]
    return max(fits)[1] if fits else None
