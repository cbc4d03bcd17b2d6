"""Labels that several subjects use: names of roles, modes, stages, outcomes and skills."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.models import Role, User
from app.models.erasures import ERASED_WORDS
from surveys.calling.skills import SKILLS
from surveys.outcomes import DEFAULT, OutcomeList, known_outcome

ROLES = {
    Role.ADMINISTRATOR: _l("管理员"),
    Role.LEAD: _l("评估负责人"),
    Role.INTERVIEWER: _l("访问员"),
    Role.EXPERT: _l("专家（评估方）"),
    Role.PURCHASER: _l("购买方（街道办事处）"),
    Role.SUPERVISION: _l("督导中心"),
    Role.MONITOR: _l("监督方（区民政局）"),
    Role.STATION: _l("社工站"),
}
MODES = {"phone": _l("电访"), "visit": _l("走访"), "web": _l("网络问卷")}
STAGES = {"midterm": _l("中期"), "final": _l("末期")}


def text_or_erased(words: str) -> str:
    """A text that somebody typed; once erased, a label in the visitor's language that says so."""
    return str(_("已按期删除")) if words == ERASED_WORDS else words


def outcome_name(code: str, outcomes: OutcomeList | None = None) -> str:
    """The label of an outcome code in this list; a code that no list knows stays as it is."""
    outcome = known_outcome(code, outcomes or DEFAULT)
    return code if outcome is None else outcome.label.in_language(str(get_locale()))


def skill_name(code: str) -> str:
    """The name of a language or another skill."""
    name = SKILLS.get(code)
    return code if name is None else name.in_language(str(get_locale()))


def rescheduled_in_words(number: int) -> str:
    """A sentence: how many waiting cases were rescheduled; empty where none was."""
    return str(_("%(n)s 个等着联系的个案按新的规定重排了。", n=number)) if number else ""


def listed(words: Iterable[str]) -> str:
    """The words joined by the separator of the page's language."""
    return str(_("、")).join(words)


def with_username(user: User) -> str:
    """A person's name and, to tell namesakes apart, the name of the account."""
    return str(_("%(name)s（%(username)s）", name=user.display_name, username=user.username))
