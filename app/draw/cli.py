"""Plan, draw, certificate and verification from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.draw.commands.ceremonies import Source, announce_plan, close_commitments, reveal
from app.draw.commands.draws import draw_sample
from app.draw.queries.draws import live_ceremony, published_certificate, verify_draw
from app.draw.queries.plans import plan_by_villages
from app.extensions import db
from app.ledger.queries.frames import people_of
from app.models import Ceremony, Draw
from app.shared.cli import differences_in_lines, find_evaluation, option, refusals_as_errors
from app.shared.queries import live_draw
from sampling.certificate import Mismatch, check, check_with_frame, keys_of

# The name of the source, as certificates hold it.
PUBLIC_SOURCE = "公开来源"


@click.command()
@click.argument("slug")
@option("--size", type=int, help=_l("抽多少人；默认为规定数量，只能更多"))
@option("--source", help=_l("种子的公开来源，例如「2026-11-30 开奖的体彩排列五」；方案随之公布"))
@option("--value", help=_l("公开来源给出的数值；有了它才抽样"))
@option("--certificate", type=click.Path(dir_okay=False, path_type=Path), help=_l("把证书写入文件"))
@with_appcontext
def draw(slug: str, size: int | None, source: str | None, value: str | None, certificate: Path | None) -> None:
    """Announce a plan by villages with a public source for the seed; later, with its value, draw the sample."""
    evaluation = find_evaluation(slug)
    with refusals_as_errors():
        ceremony = live_ceremony(db.session, evaluation)
        if source is not None:
            plan = plan_by_villages(db.session, evaluation, size)
            ceremony = announce_plan(db.session, evaluation, plan, [Source(PUBLIC_SOURCE, source)])
        elif ceremony is None:
            raise click.UsageError(_("先用 --source 写明种子的公开来源，公布抽样方案。"))
        elif size is not None:
            raise click.UsageError(_("方案已经公布，人数不能再改。"))
        drawn = _draw(ceremony, value) if value is not None else None
        db.session.commit()
    if drawn is None:
        click.echo(_("方案已公布，摘要 %(digest)s。得到数值后再用 --value 抽样。", digest=ceremony.plan_digest))
        return
    if certificate:
        certificate.write_text(_certificate_text(drawn), encoding="utf-8")
    click.echo(
        _(
            "从 %(population)s 人中抽出 %(size)s 人。证书摘要 %(digest)s",
            population=drawn.population,
            size=drawn.size,
            digest=drawn.certificate_digest,
        )
    )


def _draw(ceremony: Ceremony, value: str) -> Draw:
    if ceremony.closed_at is None:
        close_commitments(db.session, ceremony)
    unrevealed = [contribution for contribution in ceremony.contributions if contribution.value is None]
    if len(unrevealed) > 1:
        raise click.ClickException(_("这个方案的种子由几方合成，请在页面上逐一公布。"))
    for contribution in unrevealed:
        reveal(db.session, contribution, value)
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
            click.echo(_("证书自身一致：规则、分配、票号、次序和摘要都对得上。"))
            return
        _verify_file_against(content, slug)
    except Mismatch as mismatch:
        raise click.ClickException(differences_in_lines(_("不一致："), mismatch)) from mismatch


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
