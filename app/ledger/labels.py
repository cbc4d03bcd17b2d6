"""Screen labels of findings, upload states, readings and ledger fields."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.ledger.reader.messages import stored_finding
from app.localisation import to_visitor

SEVERITIES = {"error": _l("错误"), "warning": _l("提醒"), "info": _l("说明")}
UPLOAD_STATES = {
    "received": _l("待匹配栏目"),
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


def finding_sentence(code: str, severity: str, message: str) -> str:
    """A stored finding in the language of the page."""
    return to_visitor(stored_finding(code, severity, message))
