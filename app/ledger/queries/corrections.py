"""The list of corrections for the station: what is wrong in which row, and counts where no row is known.

The station must not learn who was drawn. Until the score is settled nothing here comes from fieldwork; afterwards
only counts by village do, and none below five.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.ledger.labels import LEDGER_FIELDS, SEVERITIES, finding_sentence
from app.ledger.queries.frames import frame_of
from app.ledger.queries.quality import FAULTS, Counts, FrameQuality, faults_of, frame_quality, row_findings
from app.localisation import to_visitor
from app.models import Evaluation
from app.shared.queries import live_draw, settlement_of
from app.spreadsheets import Column, Row, Sheet
from sampling.text import Text

SMALLEST_CELL = 5
# What to do about a finding, by its code (app.ledger.reader.cleaning, app.ledger.reader.merging).
ADVICE = {
    "no-name": _l("补上姓名。"),
    "long-name": _l("这一栏只写姓名。"),
    "no-village": _l("补上村居。"),
    "unknown-village": _l("照村居名单写全称。"),
    "no-category": _l("补上类别；不属于困难群众和特殊群体的写「普通服务对象」。"),
    "unknown-category": _l("照管理办法第四条的 17 类写。"),
    "no-phone": _l("补上本人或监护人的电话；确实没有电话的，注明走访。"),
    "bad-phone": _l("向本人核对号码，写全。"),
    "bad-birth": _l("写成年和月，例如 1950-05。"),
    "age-category": _l("核对出生年月和类别，改正写错的一项。"),
    "error-value": _l("填上真正的值。"),
    "hidden-row": _l("仍在册的取消隐藏，不在册的删去。"),
    "hidden-left": _l("仍在册的取消隐藏，不在册的删去。"),
    "number-of-many": _l("换成本人或监护人的电话。"),
    "merged": _l("同一个人只留一行，几个类别写在一起。"),
    "two-villages": _l("核对住在哪个村居，两处写成一样。"),
    "two-births": _l("核对出生年月，两处写成一样。"),
    "two-phones": _l("核对哪个号码是对的，只留对的。"),
    "remark-dead": _l("核对；确已去世的，从台账里去掉。"),
    "remark-moved": _l("核对；确已迁出的，从台账里去掉。"),
    "remark-left": _l("核对；确已退出的，从这一类里去掉。"),
    "shared-phone": _l("抄错的改正；填了经办人电话的，换成本人或监护人的。"),
    "probable-duplicate": _l("核对是不是同一个人：是就只留一行，不是就补上出生年月和电话。"),
}
FAULT_NAMES = {
    "bad_number": _l("空号或号码不是本人的"),
    "moved": _l("已迁出"),
    "died": _l("已去世"),
    "left": _l("已退出类别"),
    "twice": _l("重复记录"),
    "never_served": _l("表示没有接受过服务"),
}


def correction_list(session: Session, evaluation: Evaluation) -> list[Sheet]:
    """The sheets of the list, the same for the lead and for the station."""
    frame = frame_of(session, evaluation)
    quality = frame_quality(session, evaluation, frame) if frame is not None else None
    erased = evaluation.erasure is not None
    sheets = [_erased() if erased else _places(session, evaluation, quality)]
    if quality is not None:
        sheets += [] if erased else [_by_village(quality), _by_category(quality)]
        if settlement_of(session, evaluation) is not None:
            sheets.append(_after_fieldwork(session, evaluation, quality))
    return sheets


def _erased() -> Sheet:
    """The sheet after erasure, when neither rows nor telephones are available."""
    return Sheet(_("要改的地方"), (Column(_("有什么问题"), 60),), ((_("个人资料已按期删除，不再有逐行发现。"),),))


def _places(session: Session, evaluation: Evaluation, quality: FrameQuality | None) -> Sheet:
    findings = row_findings(session, evaluation)
    rows: list[Row] = [
        (
            finding.label,
            finding.sheet,
            finding.row,
            str(LEDGER_FIELDS.get(finding.field, finding.field)),
            str(SEVERITIES[finding.severity]),
            finding_sentence(finding.code, finding.severity, finding.message),
            str(ADVICE.get(finding.code, _("请核对。"))),
        )
        for finding in findings
    ]
    if quality is not None and not any(finding.code == "shared-phone" for finding in findings):
        rows += _shared(quality)
    columns = (
        Column(_("名册"), 24), Column(_("工作表"), 14), Column(_("行"), 8), Column(_("栏目"), 14), Column(_("程度"), 8),
        Column(_("有什么问题"), 60), Column(_("怎么改"), 48),
    )  # fmt: skip
    return Sheet(_("要改的地方"), columns, tuple(rows))


def _shared(quality: FrameQuality) -> Iterator[Row]:
    """Shared telephones by village, where no row is known: guardians' telephones, and older frames."""
    for village in quality.villages:
        if village.counts.shared_phone:
            yield (
                _("各份名册"),
                "",
                "",
                str(LEDGER_FIELDS["phone"]),
                str(SEVERITIES["info"]),
                _(
                    "%(village)s有 %(n)s 人的电话也登记在别人名下。",
                    village=village.name,
                    n=village.counts.shared_phone,
                ),
                _("连监护人电话一起核对。一家人共用的不用改；抄错的改正，填了经办人电话的换成本人或监护人的。"),
            )


def _numbers() -> tuple[Column, ...]:
    return (
        Column(_("人数"), 8), Column(_("没有电话"), 10), Column(_("没有电话和住址"), 16), Column(_("与人共用电话"), 14),
        Column(_("可能登记了两次"), 16),
    )  # fmt: skip


def _cells(counts: Counts) -> Row:
    return counts.people, counts.no_phone, counts.no_contact, counts.shared_phone, counts.look_alike


def _by_village(quality: FrameQuality) -> Sheet:
    rows: list[Row] = [(village.name, village.area, *_cells(village.counts)) for village in quality.villages]
    return Sheet(_("按村居"), (Column(_("村居"), 20), Column(_("片区"), 16), *_numbers()), tuple(rows))


def _by_category(quality: FrameQuality) -> Sheet:
    rows: list[Row] = [
        (to_visitor(Text(category.zh, category.en)), *_cells(category.counts)) for category in quality.categories
    ]
    return Sheet(_("按类别"), (Column(_("类别"), 36), *_numbers()), tuple(rows))


def _after_fieldwork(session: Session, evaluation: Evaluation, quality: FrameQuality) -> Sheet:
    """Faults found in fieldwork by village; every village is listed, so that none is revealed by its absence."""
    draw = live_draw(session, evaluation)
    faults = {row.village: row for row in faults_of(session, draw)} if draw is not None else {}
    rows = tuple(
        (village.name, village.area, *(_suppressed(getattr(faults.get(village.name), fault, 0)) for fault in FAULTS))
        for village in quality.villages
    )
    names = (Column(str(FAULT_NAMES[fault]), 20) for fault in FAULTS)
    return Sheet(_("调查中发现"), (Column(_("村居"), 20), Column(_("片区"), 16), *names), rows)


def _suppressed(number: int) -> str | int:
    """A count as the station may see it: counts below SMALLEST_CELL, including 0, are shown only as small."""
    return number if number >= SMALLEST_CELL else str(_("少于5"))
