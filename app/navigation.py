"""Finding one's way: the main navigation, the side list of an evaluation's places, and breadcrumbs.

The side lists are one table each. Whether a visitor sees a place follows from the access rule of its page, so that no
list offers what would be refused; a new role gets its list by being named in those rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import Flask, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_security import current_user

from app.access import roles_anywhere, rule_of
from app.extensions import db
from app.models import Evaluation, Role
from app.shared.notices import Notice, NoticeState, notices_of, roles_by_evaluation


@dataclass(frozen=True)
class Place:
    """A place of a side list: its page, the pages below it, and other pages on which it is the present place.

    `covers`: endpoints, or a blueprint with its dot. `roles`: where not everyone whom the page admits needs it.
    """

    label: str
    endpoint: str
    below: tuple[Place, ...] = ()
    covers: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()

    def holds(self, endpoint: str) -> bool:
        """Whether this page belongs to the place."""
        own = self.endpoint == endpoint or any(endpoint.startswith(name) for name in self.covers)
        return own or any(place.holds(endpoint) for place in self.below)


@dataclass(frozen=True)
class Stage:
    """The places of one stage of an evaluation."""

    label: str
    places: tuple[Place, ...]


EVALUATION = (
    Stage(
        "",
        (
            Place(
                _l("概览"),
                "evaluate.show",
                (
                    Place(_l("操作记录"), "evaluate.audit"),
                    Place(_l("资料保存期限"), "retention.show", covers=("retention.",)),
                ),
            ),
        ),
    ),
    Stage(
        _l("准备"),
        (
            Place(
                _l("名册"),
                "ledgers.index",
                (
                    Place(_l("名册的发现"), "findings.index", covers=("findings.",)),
                    Place(_l("名册质量"), "quality.show", covers=("quality.",)),
                ),
                ("ledgers.",),
            ),
            Place(_l("答案要点"), "answer_key.enter"),
        ),
    ),
    Stage(
        _l("抽样"),
        (
            Place(_l("抽样框"), "ledgers.frame"),
            Place(
                _l("方案和抽样"),
                "draws.show",
                (Place(_l("种子和见证"), "ceremonies.show"), Place(_l("作废抽样"), "voiding.show")),
                ("draws.", "plans.", "ceremonies.", "voiding."),
            ),
            Place(
                _l("种子和见证"),
                "ceremonies.show",
                covers=("ceremonies.",),
                roles=(
                    Role.PURCHASER,
                    Role.SUPERVISION,
                    Role.MONITOR,
                    Role.STATION,
                ),
            ),
            Place(
                _l("作废抽样"),
                "voiding.show",
                covers=("voiding.",),
                roles=(
                    Role.PURCHASER,
                    Role.SUPERVISION,
                    Role.MONITOR,
                ),
            ),
        ),
    ),
    Stage(
        _l("调查"),
        (
            Place(_l("调查进度"), "fieldwork.show", (Place(_l("应答率"), "fieldwork.rates"),), ("fieldwork.",)),
            Place(
                _l("督导台"),
                "supervision.show",
                (
                    Place(_l("分派走访"), "supervision.visits"),
                    Place(_l("联系不上就结案的"), "supervision.unreached"),
                    Place(_l("访问员"), "interviewers.show", covers=("interviewers.",)),
                    Place(_l("拨打设置"), "desk_settings.edit"),
                ),
                ("supervision.",),
            ),
            Place(
                _l("访问质量"),
                "quality_control.show",
                (Place(_l("规则和门槛"), "integrity_rules.edit"),),
                ("quality_control.",),
            ),
        ),
    ),
    Stage(
        _l("评定"),
        (
            Place(
                _l("结果"),
                "results.show",
                (
                    Place(_l("差异与可靠性"), "results.compare"),
                    Place(_l("导出"), "exports.index", covers=("exports.",)),
                ),
                ("results.", "trace.", "exclusions."),
            ),
            Place(
                _l("评分"),
                "scores.show",
                (
                    Place(_l("填写第三方评分"), "scores.enter", roles=(Role.LEAD,)),
                    Place(_l("站点情况"), "scores.facts"),
                    Place(_l("评分方案"), "schemes.edit", covers=("schemes.",)),
                    Place(_l("定案"), "scores.settle"),
                    Place(_l("与另一次评估对比"), "scores.compare"),
                ),
                ("scores.",),
                (Role.LEAD,),
            ),
            Place(
                _l("本方评分"),
                "scores.enter",
                roles=(Role.PURCHASER, Role.SUPERVISION, Role.MONITOR),
            ),
        ),
    ),
)
DESK = (
    Stage(
        "",
        (
            Place(_l("工作台"), "desk.index"),
            Place(_l("预约"), "desk.calendar", covers=("desk.appointment",)),
            Place(_l("我的走访"), "desk.visits"),
            Place(_l("回访"), "desk.back_checks"),
            Place(_l("回避"), "recusals.mine"),
        ),
    ),
)
ADMINISTRATION = (
    Stage(
        "",
        (
            Place(_l("管理"), "admin.index"),
            Place(_l("新建评估"), "opening.begin", covers=("opening.",)),
            Place(_l("账号"), "accounts.index", (Place(_l("开立账号"), "accounts.create"),), ("accounts.",)),
            Place(
                _l("文档"),
                "documents.index",
                (Place(_l("发布文档"), "documents.publish"),),
                ("documents.", "questionnaire_preview.", "outcome_lists."),
            ),
        ),
    ),
)
ADMINISTERED = Stage(
    _l("这次评估"),
    (
        Place(_l("成员"), "admin.members_page"),
        Place(_l("设置"), "evaluation_settings.show", covers=("evaluation_settings.",)),
        Place(_l("资料保存期限"), "admin.keep_until_page"),
        Place(_l("回避"), "recusals.of_evaluation"),
    ),
)
# Pages of the desk that are for one person: a list of other places would only lead away from them.
WITHOUT_LIST = ("desk.case", "desk.interview", "desk.back_check")


@dataclass(frozen=True)
class ListedPlace:
    """A place as the side list shows it.

    `current`: the value of aria-current, or empty; `waiting`: how many things wait there; `language`: of the label,
    where it is another than that of the page.
    """

    label: str
    url: str
    current: str
    waiting: int = 0
    below: tuple[ListedPlace, ...] = ()
    language: str = ""


@dataclass(frozen=True)
class SideList:
    """The side list of a page: its name, the label of the present place, and the places by stage."""

    name: str
    present: str
    waiting: int
    stages: tuple[tuple[str, tuple[ListedPlace, ...]], ...]


@dataclass(frozen=True)
class NavigationLink:
    """One entry of the main navigation."""

    label: str
    url: str
    current: bool


def side_list(evaluation: Evaluation | None) -> SideList | None:
    """The side list of the present page for its visitor; None where it has none."""
    endpoint = request.endpoint or ""
    if not current_user.is_authenticated or endpoint in WITHOUT_LIST:
        return None
    if any(place.holds(endpoint) for stage in (*ADMINISTRATION, ADMINISTERED) for place in stage.places):
        slug = (request.view_args or {}).get("slug")
        stages = (*ADMINISTRATION, ADMINISTERED) if slug else ADMINISTRATION
        return _listed(_("管理"), stages, {Role.ADMINISTRATOR} & roles_anywhere(), slug, [])
    roles = roles_by_evaluation(current_user)
    if any(place.holds(endpoint) for stage in DESK for place in stage.places):
        notices = notices_of(db.session, current_user, roles, (NoticeState.WAITING,))
        return _listed(_("工作台"), DESK, {Role.INTERVIEWER} & roles_anywhere(), None, notices)
    if evaluation is None or evaluation.id not in roles:
        return None
    notices = notices_of(db.session, current_user, (evaluation.id,), (NoticeState.WAITING,))
    return _listed(_("这次评估"), EVALUATION, roles[evaluation.id], evaluation.slug, notices)


def _listed(
    name: str, stages: Sequence[Stage], roles: set[Role], slug: str | None, notices: Sequence[Notice]
) -> SideList | None:
    seen = [(stage, [place for place in stage.places if _admits(place, roles)]) for stage in stages]
    shown = [place for _stage, places in seen for place in places]
    present = _present(shown, request.endpoint or "")
    waiting = Counter[str]()
    for notice in notices:
        where = _present(shown, notice.endpoint)
        waiting += Counter({notice.endpoint: notice.number, **({where.endpoint: notice.number} if where else {})})
    listed = tuple(
        (str(stage.label), tuple(_place(place, present, roles, slug, waiting) for place in places))
        for stage, places in seen
        if places
    )
    if not listed:
        return None
    total = sum(place.waiting for _label, places in listed for place in places)
    return SideList(name, str(present.label) if present else "", total, listed)


def _present(places: Sequence[Place], endpoint: str) -> Place | None:
    """The place of a page: one whose own page it is or that names it goes before one that covers its blueprint."""
    exact = (place for place in places if endpoint in (place.endpoint, *place.covers))
    return next(exact, None) or next((place for place in places if place.holds(endpoint)), None)


def _admits(place: Place, roles: set[Role]) -> bool:
    """Whether a member in these roles sees the place: the lead, who may do more, has places of the lead only."""
    rule = rule_of(current_app, place.endpoint)
    admitted = set(rule.roles) if rule else set()
    if place.roles:
        return bool(roles & admitted & set(place.roles)) and not (Role.LEAD in roles and Role.LEAD not in place.roles)
    return bool(roles & admitted) if admitted else bool(roles)


def _place(
    place: Place, present: Place | None, roles: set[Role], slug: str | None, waiting: Mapping[str, int]
) -> ListedPlace:
    """A place with what waits at its pages; the places below it only where it is the present one."""
    below = [each for each in place.below if _admits(each, roles)] if place is present else []
    return ListedPlace(
        label=str(place.label),
        url=_url(place.endpoint, slug),
        current=_current(place, present),
        waiting=waiting.get(place.endpoint, 0),
        below=tuple(_place(each, _present(below, request.endpoint or ""), roles, slug, waiting) for each in below),
    )


def _current(place: Place, present: Place | None) -> str:
    if place is not present:
        return ""
    return "page" if place.endpoint == request.endpoint else "true"


def _url(endpoint: str, slug: str | None) -> str:
    takes_slug = any("slug" in rule.arguments for rule in current_app.url_map.iter_rules(endpoint))
    return url_for(endpoint, slug=slug) if takes_slug else url_for(endpoint)


def every_place() -> Iterator[Place]:
    """Every place of every list."""
    for stage in (*EVALUATION, *DESK, *ADMINISTRATION, ADMINISTERED):
        for place in stage.places:
            yield place
            yield from place.below


def links() -> list[NavigationLink]:
    """The main navigation: entries for the visitor's roles, in a fixed order."""
    if not current_user.is_authenticated:
        return []
    roles = roles_anywhere()
    entries: list[tuple[str, str, bool]] = [
        (_("评估"), "evaluate.index", bool(roles - {Role.ADMINISTRATOR, Role.INTERVIEWER})),
        (_("工作台"), "desk.index", Role.INTERVIEWER in roles),
        (_("管理"), "admin.index", Role.ADMINISTRATOR in roles),
    ]
    section = _section(request.endpoint or "") if request else ""
    return [
        NavigationLink(label, url_for(endpoint), endpoint.startswith(f"{section}."))
        for label, endpoint, shown in entries
        if shown
    ]


def _section(endpoint: str) -> str:
    """The blueprint of the entry to which a page belongs: every page of an evaluation to "evaluate"."""
    if any(place.holds(endpoint) for stage in EVALUATION for place in stage.places):
        return "evaluate"
    return endpoint.partition(".")[0]


def crumbs_of(evaluation: Evaluation, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The breadcrumbs of a page of an evaluation, as (label, url) pairs."""
    return [
        (_("评估"), url_for("evaluate.index")),
        (evaluation.station.name, url_for("evaluate.show", slug=evaluation.slug)),
        *more,
    ]


def init_navigation(app: Flask) -> None:
    """Give every template its navigation."""
    app.context_processor(lambda: {"navigation": links()})
    app.jinja_env.globals["crumbs_of"] = crumbs_of
    app.jinja_env.globals["side_list"] = side_list
