"""Plan, draw, certificate and verification from the command line."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.draw.commands.ceremonies import Source, announce_plan, close_commitments, reveal
from app.draw.commands.draws import confirm_everyone, draw_sample
from app.draw.queries.ceremony_next import entry_of
from app.draw.queries.draws import live_ceremony, published_certificate, verify_draw
from app.draw.queries.plans import leaves_nobody_out, plan_by_villages
from app.extensions import db
from app.ledger.queries.frames import people_of
from app.models import Ceremony, Draw, Evaluation
from app.shared.cli import differences_in_lines, find_evaluation, option, refusals_as_errors
from app.shared.queries import live_draw
from sampling.certificate import Mismatch, check, check_with_frame, keys_of
from sampling.schema import is_coverage
from surveys.calling.local_time import GUANGZHOU

# The name of the source, as certificates hold it.
PUBLIC_SOURCE = "公开来源"
MOMENT = click.DateTime(["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"])


@click.command()
@click.argument("slug")
@option("--size", type=int, help=_l("抽多少人；默认为规定数量，只能更多"))
@option("--source", help=_l("种子的公开来源，例如「2026-11-30 开奖的体彩排列五」；方案随之公布"))
@option("--at", "moment", type=MOMENT, help=_l('公开来源什么时候揭晓（广州时间），例如 "2026-11-30 20:30"；要在以后'))
@option("--value", help=_l("公开来源给出的数值；有了它才抽样"))
@option("--again", help=_l("再填一次同一个数值；不给时当场询问"))
@option("--everyone", is_flag=True, help=_l("全部访问：不抽样，不要种子和来源"))
@option("--certificate", type=click.Path(dir_okay=False, path_type=Path), help=_l("把证书写入文件"))
@with_appcontext
def draw(
    slug: str,
    size: int | None,
    source: str | None,
    moment: datetime | None,
    value: str | None,
    again: str | None,
    everyone: bool,
    certificate: Path | None,
) -> None:
    """Announce a plan by villages with a public source for the seed; later, with its value, draw the sample.

    Where everyone is asked, --everyone alone confirms it.
    """
    evaluation = find_evaluation(slug)
    if everyone and (size, source, moment, value, again) != (None,) * 5:
        raise click.UsageError(_("--everyone 不抽样，不能同时给人数、来源和数值。"))
    if certificate and not certificate.absolute().parent.is_dir():
        raise click.ClickException(
            _("没有文件夹「%(folder)s」，证书无处可写。还什么都没有做。", folder=certificate.parent)
        )
    if value is not None and again is None:
        again = click.prompt(_("再填一次公布的数值"))
    with refusals_as_errors():
        if everyone:
            drawn: Draw | None = confirm_everyone(db.session, evaluation)
        else:
            ceremony = _announced(evaluation, size, source, moment)
            drawn = _draw(ceremony, value, again or "") if value is not None else None
        db.session.commit()
    if drawn is None:
        click.echo(_("方案已公布，摘要 %(digest)s。得到数值后再用 --value 抽样。", digest=ceremony.plan_digest))
        return
    if certificate:
        certificate.write_text(_certificate_text(drawn), encoding="utf-8")
    click.echo(_drawn_in_words(drawn))


def _drawn_in_words(drawn: Draw) -> str:
    if drawn.is_coverage:
        return str(_("全部 %(n)s 人都访问。证书摘要 %(digest)s", n=drawn.size, digest=drawn.certificate_digest))
    return str(
        _(
            "从 %(population)s 人中抽中 %(size)s 人。证书摘要 %(digest)s",
            population=drawn.population,
            size=drawn.size,
            digest=drawn.certificate_digest,
        )
    )


def _announced(evaluation: Evaluation, size: int | None, source: str | None, moment: datetime | None) -> Ceremony:
    """The plan in force; with a source, the one announced now."""
    if source is None:
        ceremony = live_ceremony(db.session, evaluation)
        if ceremony is None:
            raise click.UsageError(_("先用 --source 写明种子的公开来源，公布抽样方案。"))
        if size is not None or moment is not None:
            raise click.UsageError(_("方案已经公布，人数和揭晓时间不能再改。"))
        return ceremony
    plan = plan_by_villages(db.session, evaluation, size)
    if leaves_nobody_out(db.session, evaluation, plan):
        raise click.UsageError(_("这份名册要全部访问，不用抽样和种子：请用 --everyone。"))
    expected = moment.replace(tzinfo=GUANGZHOU) if moment else None
    return announce_plan(db.session, evaluation, plan, [Source(PUBLIC_SOURCE, source, expected=expected)])


def _draw(ceremony: Ceremony, value: str, again: str) -> Draw:
    if ceremony.closed_at is None:
        close_commitments(db.session, ceremony)
    unrevealed = [contribution for contribution in ceremony.contributions if contribution.value is None]
    if len(unrevealed) > 1:
        raise click.ClickException(_("这个方案的种子由几方合成，请在页面上逐一公布。"))
    for contribution in unrevealed:
        if not reveal(db.session, contribution, value, entry=entry_of(contribution)):
            reveal(db.session, contribution, again, entry=entry_of(contribution))
    return draw_sample(db.session, ceremony)


def _certificate_text(drawn: Draw) -> str:
    return json.dumps(published_certificate(db.session, drawn), ensure_ascii=False, indent=2)


@click.command()
@click.argument("slug")
@option("--output", type=click.Path(dir_okay=False, path_type=Path), help=_l("写入文件；默认写到标准输出"))
@with_appcontext
def certificate(slug: str, output: Path | None) -> None:
    """Print the certificate of the draw."""
    drawn = live_draw(db.session, find_evaluation(slug))
    if drawn is None:
        raise click.ClickException(_("还没有抽样。"))
    text = _certificate_text(drawn)
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        click.echo(text)


@click.command()
@click.argument("certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@option("--evaluation", "slug", help=_l("同时与该评估封存的抽样框核对；不给证书时核对库中的抽样"))
@with_appcontext
def verify(certificate: Path | None, slug: str | None) -> None:
    """Re-check a draw: a certificate by itself, against the sealed frame, or the stored draw and its cases."""
    if certificate is None and slug is None:
        raise click.UsageError(_("给出证书文件，或用 --evaluation 指明评估。"))
    try:
        if certificate is None:
            _verify_stored(slug or "")
            return
        content = _json(certificate)
        if slug is None:
            check(content)
            click.echo(_consistent(content))
            return
        _verify_file_against(content, slug)
    except Mismatch as mismatch:
        raise click.ClickException(differences_in_lines(_("不一致："), mismatch)) from mismatch


def _consistent(content: object) -> str:
    if is_coverage(content):
        return str(_("证书自身一致：全部访问；规则、名单、次序和摘要都对得上。"))
    return str(_("证书自身一致：规则、分配、票号、次序和摘要都对得上。"))


def _json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise click.ClickException(_("%(name)s 不是 JSON 文件。", name=path.name)) from error


def _verify_stored(slug: str) -> None:
    evidence = verify_draw(db.session, find_evaluation(slug))
    click.echo(
        _(
            "一致：重新抽样得到同样的 %(n)s 人，个案齐全。证书摘要 %(digest)s",
            n=evidence.cases,
            digest=evidence.digest,
        )
    )


def _verify_file_against(content: object, slug: str) -> None:
    drawn = live_draw(db.session, find_evaluation(slug))
    if drawn is None:
        raise click.ClickException(_("还没有抽样。"))
    content = check_with_frame(content, people_of(db.session, drawn.frame))
    click.echo(_("一致：从封存的抽样框重新抽样，得到证书上的 %(n)s 人。", n=len(keys_of(content))))


COMMANDS = (draw, certificate, verify)
