"""Screen labels of findings, upload states, readings and ledger fields."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.ledger.reader.messages import stored_finding
from app.ledger.reader.plans import Given
from app.localisation import to_visitor

SEVERITIES = {"error": _l("错误"), "warning": _l("提醒"), "info": _l("说明")}
UPLOAD_STATES = {
    "received": _l("待核对"),
    "imported": _l("在用"),
    "replaced": _l("已被新版替换"),
    "withdrawn": _l("已撤下"),
}
READINGS = {
    "priority": _l("甲：看困难群众和特殊群体人数"),
    "everyone": _l("乙：看全部服务对象人数"),
}
LEDGER_FIELDS = {
    "name": _l("姓名"),
    "village": _l("村居"),
    "categories": _l("人员类别"),
    "phone": _l("联系电话"),
    "other_phone": _l("其他联系电话"),
    "landline": _l("固定电话"),
    "birth_year": _l("出生年月"),
    "address": _l("居住地址"),
    "guardian": _l("监护人"),
    "guardian_phone": _l("监护人电话"),
    "self_care": _l("自理能力"),
    "remark": _l("备注"),
}

# The problem that a finding of each code names.
PROBLEMS = {
    "no-name": _l("缺少姓名"),
    "long-name": _l("姓名太长"),
    "no-village": _l("缺少村居"),
    "unknown-village": _l("村居不在名单里"),
    "no-category": _l("缺少人员类别"),
    "unknown-category": _l("类别不在 17 类里"),
    "no-phone": _l("没有电话"),
    "bad-phone": _l("号码不完整或有错"),
    "bad-birth": _l("出生年月看不明白"),
    "age-category": _l("出生年月与类别不符"),
    "merged": _l("同一个人，已合并"),
    "two-villages": _l("同一个人，村居不同"),
    "two-births": _l("同一个人，出生年份不同"),
    "two-phones": _l("同一个人，电话不同"),
    "shared-phone": _l("电话与别人相同"),
    "probable-duplicate": _l("可能是同一个人"),
    "remark-dead": _l("备注说已去世"),
    "remark-moved": _l("备注说已迁出"),
    "remark-left": _l("备注说已退出"),
    "error-value": _l("公式出错的格"),
    "hidden-row": _l("隐藏的行，已列入"),
    "hidden-left": _l("隐藏的行，没有列入"),
    "number-of-many": _l("很多人登记同一个号码"),
}
# What can be decided about a finding (app.ledger.reader.decisions), as a button says it and as it is told afterwards.
DECIDE = {
    "same": _l("是同一个人，合并"),
    "apart": _l("不是同一个人"),
    "visit": _l("标为走访"),
    "keep": _l("留在名单"),
    "leave-out": _l("不列入"),
    "checked": _l("核对过，照此"),
}
DECIDED = {
    "same": _l("合并"),
    "apart": _l("分开"),
    "visit": _l("走访"),
    "keep": _l("留在名单"),
    "leave-out": _l("不列入"),
    "checked": _l("核对过"),
    "alias": _l("村居的另一种写法"),
    "new": _l("新加的村居"),
}
# What it costs to seal the frame while these are undecided.
COSTS = {
    "waiting": _l("这些名册里的人不在抽样框里，抽不到。"),
    "no-village": _l("这些行没有列入，这些人抽不到。"),
    "unknown-village": _l("这些行没有列入，这些人抽不到。"),
    "error": _l("这些行没有列入，这些人抽不到。"),
    "probable-duplicate": _l("如果是同一个人，就有两次机会，可能抽中两次。"),
    "no-phone": _l("这些人抽中了只能走访。"),
    "remark": _l("可能已经不在了：抽中了要由候补顶替。"),
    "checked": _l("照现在读到的列入，写错的会跟着进抽样框。"),
}
UNDECIDED = {
    "waiting": _l("还没有核对读法的名册"),
    "no-village": _l("缺少村居的行"),
    "unknown-village": _l("村居不在名单里的行"),
    "error": _l("其他有错误的行"),
    "probable-duplicate": _l("可能是同一个人的"),
    "no-phone": _l("没有电话、也没有标为走访的人"),
    "remark": _l("备注说已去世、迁出或退出的人"),
    "checked": _l("其他没有核对的提醒"),
}


def problem_name(code: str) -> str:
    """The problem that findings of a code name."""
    return str(PROBLEMS.get(code, _l("其他")))


def finding_sentence(code: str, severity: str, message: str) -> str:
    """A stored finding in the language of the page."""
    return to_visitor(stored_finding(code, severity, message))


def decided(decision: str | None) -> str:
    """What was decided, in a word; empty where nothing was."""
    return str(DECIDED[decision]) if decision else ""


# Why a sheet was passed by.
PASSED_SHEETS = {
    "empty": _l("空白"),
    "no-header": _l("没有表头"),
    "no-rows": _l("表头下面没有人"),
    "unreadable": _l("隐藏的，读不了"),
}


def given_name(given: Given) -> str:
    """What gives the village or category to the rows of a sheet, in a few words."""
    names: dict[str, str] = {
        "heading": _("看表里的小标题"),
        "sheet": _("表名说是%(word)s", word=given.text),
        "title": _("标题说是%(word)s", word=given.text),
        "choice": _("都是%(word)s", word=given.text),
    }
    return names[given.source]
