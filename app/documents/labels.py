"""Names of the kinds of documents and of their languages, for the screens."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

DOCUMENT_KINDS = {
    "questionnaire": _l("问卷"),
    "scheme": _l("评分方案"),
    "outcomes": _l("结果代码表"),
    "integrity": _l("访问质量的规则"),
}
DOCUMENT_LANGUAGES = {"zh": _l("中文"), "en": _l("英文"), "yue": _l("粤语")}
