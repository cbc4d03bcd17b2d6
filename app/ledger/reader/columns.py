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
    }
)  # fmt: skip
REQUIRED = ("name", "village", "categories")

# Common headings that help to recognise the header row; these columns are not imported.
OTHER_HEADINGS = frozenset(
    ("序号", "编号", "性别", "年龄", "备注", "民族", "身份证", "身份证号", "身份证号码", "户籍地址", "跟进级别",
     "负责社工", "社工点", "档案号")
)  # fmt: skip
# Headings of another person's name or telephone, or of data that must not be imported.
_NOT_THEIRS = re.compile("社工|网格|帮扶|负责|村干部|经办|填报|户主|残疾|联系人")
_MARKS = re.compile(r"\([^()]*\)|[*:\s]")


def _plain(heading: str) -> str:
    """A heading normalised for comparison: NFKC, without spaces, marks or remarks in brackets."""
    text = unicodedata.normalize("NFKC", heading[:80])
    return _MARKS.sub("", text) or re.sub(r"[()*:\s]", "", text)


_BY_HEADING = {_plain(heading): name for name, field in FIELDS.items() for heading in field.headings}


def is_heading(text: str) -> bool:
    """Whether a cell looks like a column heading of a ledger."""
    plain = _plain(text)
    return plain in _BY_HEADING or plain in OTHER_HEADINGS or _contained(plain) is not None


def suggest(headers: Sequence[str]) -> dict[str, int]:
    """Field → column (from 0) for every known heading; exact headings before similar ones, each column once.

    >>> suggest(["序号", "姓名*", "村(居)", "人员类别", "联系电话(必填)", "监护人联系电话"])
    {'name': 1, 'village': 2, 'categories': 3, 'phone': 4, 'guardian_phone': 5}
    """
    columns: dict[str, int] = {}
    plain = [_plain(heading) for heading in headers]
    for recognise in (_BY_HEADING.get, _contained):
        for column, heading in enumerate(plain):
            name = recognise(heading)
            if name is not None and name not in columns and column not in columns.values():
                columns[name] = column
    return {name: columns[name] for name in sorted(columns, key=lambda name: columns[name])}


def _contained(heading: str) -> str | None:
    """The field with the longest known word contained in a heading; None for another person's data."""
    if _NOT_THEIRS.search(heading) or len(heading) > 16:
        return None
    fits = [(len(word), name) for name, field in FIELDS.items() for word in field.within if word in heading]
    return max(fits)[1] if fits else None


def problems(mapping: Mapping[str, int], headers: Sequence[str]) -> list[Text]:
    """The reasons why a matching cannot be used: fields missing or unknown, columns absent or used twice."""
    messages = [_not_matched(FIELDS[name].label) for name in REQUIRED if name not in mapping]
    messages += [_no_field(name[:20]) for name in mapping if name not in FIELDS]
    for column in sorted(set(mapping.values())):
        if not 0 <= column < len(headers):
            messages.append(Text(f"没有第 {column + 1} 栏。", f"There is no column {column + 1}."))
        elif list(mapping.values()).count(column) > 1:
            messages.append(_used_twice(column + 1, headers[column][:20]))
    return messages


def _not_matched(label: Text) -> Text:
    return Text(f"请指定哪一栏是「{label.zh}」。", f"Please choose the column for “{label.en}”.")


def _no_field(name: str) -> Text:
    return Text(f"没有「{name}」这一项。", f"There is no field “{name}”.")


def _used_twice(number: int, heading: str) -> Text:
    return Text(f"第 {number} 栏「{heading}」用了两次。", f"Column {number} “{heading}” is used twice.")
