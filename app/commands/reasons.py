"""A reason that is kept or printed: one line, not empty, not too long."""

from __future__ import annotations

from flask_babel import gettext as _

from app.commands.refusal import Refused
from sampling.canonical import CONTROL


def reason_given(text: str, longest: int, missing: str = "") -> str:
    """The reason on one line; refused where there is none (in the words of `missing`), and beyond `longest` signs."""
    reason = " ".join(text.split())
    if not reason:
        raise Refused(missing or _("请写明理由，会一直保存。"), "reason")
    if len(reason) > longest or CONTROL.search(reason):
        raise Refused(_("理由最多 %(n)s 个字，不能含有控制字符。", n=longest), "reason")
    return reason
