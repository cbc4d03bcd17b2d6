"""Names of the kinds of documents, for the screens."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

DOCUMENT_KINDS = {"questionnaire": _l("问卷"), "scheme": _l("评分方案"), "outcomes": _l("结果代码表")}
