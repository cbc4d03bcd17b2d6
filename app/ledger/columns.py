"""Which column of a ledger is which."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

# Field → (name on the screen, headings offices use). Order matters: the first field that fits a heading takes it.
FIELDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "name": ("姓名", ("姓名", "服务对象姓名", "对象姓名", "名字")),
    "village": (
        "村居",
        ("村居", "村(居)", "所属村居", "村/社区", "社区", "居住村居", "所在村居", "村"),
    ),
    "categories": (
        "人员类别",
        ("人员类别", "类别", "兜底类型", "困境类型", "对象类别", "人员类型", "类型"),
    ),
    "guardian_phone": ("监护人电话", ("监护人电话", "照顾者电话", "监护人联系电话", "紧急联系电话")),
    "guardian": ("监护人", ("监护人", "主要照顾者", "监护人/主要照顾者", "紧急联系人", "照顾者")),
    "other_phone": ("其他联系电话", ("其他联系电话", "其他电话", "备用电话", "联系电话2")),
    "landline": ("固定电话", ("固定电话", "座机", "家庭电话")),
    "phone": ("联系电话", ("联系电话", "常用电话", "手机", "手机号码", "电话", "电话号码", "联系方式")),
    "birth_year": ("出生年月", ("出生年月", "出生日期", "出生年份", "出生")),
    "address": ("居住地址", ("居住地址", "住址", "地址", "现居住地址", "家庭住址")),
    "self_care": ("自理能力", ("自理能力", "自理情况")),
}
REQUIRED = ("name", "village", "categories")


def _plain(heading: str) -> str:
    return "".join(unicodedata.normalize("NFKC", heading).split()).replace("(必填)", "").replace("*", "")


def suggest(headers: Sequence[str]) -> dict[str, int]:
    """Field → column, for every heading we know; each column is used once, exact headings before similar ones."""
    plain = [_plain(heading) for heading in headers]
    found: dict[str, int] = {}
    for fits in (lambda alias, heading: alias == heading, lambda alias, heading: len(alias) > 1 and alias in heading):
        for field, (_, aliases) in FIELDS.items():
            if field in found:
                continue
            for alias in aliases:
                wanted = _plain(alias)
                column = next((i for i, h in enumerate(plain) if i not in found.values() and fits(wanted, h)), None)
                if column is not None:
                    found[field] = column
                    break
    return found


def problems(mapping: Mapping[str, int], headers: Sequence[str]) -> list[str]:
    """What keeps a matching from being used, in Chinese."""
    missing = [FIELDS[field][0] for field in REQUIRED if field not in mapping]
    found = [f"请指定哪一栏是「{name}」。" for name in missing]
    found += [f"没有「{field}」这一项。" for field in mapping if field not in FIELDS]
    columns = list(mapping.values())
    for column in sorted(set(columns)):
        if not 0 <= column < len(headers):
            found.append(f"没有第 {column + 1} 栏。")
        elif columns.count(column) > 1:
            found.append(f"第 {column + 1} 栏「{headers[column]}」用了两次。")
    return found
