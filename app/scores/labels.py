"""Screen labels of scoring parties and station facts."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

# Who may give points, by the codes a scheme has for its parties.
SCORING_PARTIES = {
    "third_party": _l("第三方评估机构"),
    "purchaser": _l("购买方（街道办事处）"),
    "supervision": _l("督导中心"),
    "monitor": _l("监督方（区民政局）"),
}
FACT_NUMBERS = {
    "staff_due": _l("社工应到（人次）"),
    "staff_present": _l("社工实到（人次）"),
    "staff_missing": _l("社工累计缺少（人次）"),
    "certified_due": _l("持证社工应到（人次）"),
    "certified_present": _l("持证社工实到（人次）"),
    "certified_missing": _l("持证社工累计缺少（人次）"),
    "staff_cost_share": _l("人员费用占年度支出（%）"),
}
