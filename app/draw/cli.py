"""Plan, draw, certificate and verification from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import click
from flask.cli import with_appcontext

from app.draw.commands.ceremonies import Source, announce_plan, close_commitments, reveal
from app.draw.commands.draws import draw_sample
from app.draw.queries.draws import live_ceremony, published_certificate, verify_draw
from app.draw.queries.plans import plan_by_villages
from app.extensions import db
from app.ledger.queries.frames import people_of
from app.models import Ceremony, Draw
from app.shared.cli import find_evaluation, refusals_as_errors
from app.shared.queries import live_draw
from sampling.certificate import Mismatch, check, check_with_frame, keys_of


@click.command()
@click.argument("slug")
@click.option("--size", type=int, help="抽多少人；默认为规定数量，只能更多")
@click.option("--source", help="种子的公开来源，例如「2026-11-30 开奖的体彩排列五」；方案随之公布")
@click.option("--value", help="公开来源给出的数值；有了它才抽样")
@click.option("--certificate", type=click.Path(dir_okay=False, path_type=Path), help="把证书写入文件")
@with_appcontext
def draw(slug: str, size: int | None, source: str | None, value: str | None, certificate: Path | None) -> None:
    """Announce a plan by villages with a public source for the seed; later, with its value, draw the sample."""
    evaluation = find_evaluation(slug)
    with refusals_as_errors():
        ceremony = live_ceremony(db.session, evaluation)
        if source is not None:
            plan = plan_by_villages(db.session, evaluation, size)
            ceremony = announce_plan(db.session, evaluation, plan, [Source("公开来源", source)])
        elif ceremony is None:
            raise click.UsageError("先用 --source 写明种子的公开来源，公布抽样方案。")
        elif size is not None:
            raise click.UsageError("方案已经公布，人数不能再改。")
        drawn = _draw(ceremony, value) if value is not None else None
        db.session.commit()
    if drawn is None:
        click.echo(f"方案已公布，摘要 {ceremony.plan_digest}。得到数值后再用 --value 抽样。")
        return
    if certificate:
        certificate.write_text(_certificate_text(drawn), encoding="utf-8")
    click.echo(f"从 {drawn.population} 人中抽出 {drawn.size} 人。证书摘要 {drawn.certificate_digest}")


def _draw(ceremony: Ceremony, value: str) -> Draw:
    if ceremony.closed_at is None:
        close_commitments(db.session, ceremony)
    unrevealed = [contribution for contribution in ceremony.contributions if contribution.value is None]
    if len(unrevealed) > 1:
        raise click.ClickException("这个方案的种子由几方合成，请在页面上逐一公布。")
    for contribution in unrevealed:
        reveal(db.session, contribution, value)
    return draw_sample(db.session, ceremony)


def _certificate_text(drawn: Draw) -> str:
    return json.dumps(published_certificate(db.session, drawn), ensure_ascii=False, indent=2)


@click.command()
@click.argument("slug")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="写入文件；默认写到标准输出")
@with_appcontext
def certificate(slug: str, output: Path | None) -> None:
    """Print the certificate of the draw."""
    drawn = live_draw(db.session, find_evaluation(slug))
    if drawn is None:
        raise click.ClickException("还没有抽样。")
    text = _certificate_text(drawn)
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        click.echo(text)


@click.command()
@click.argument("certificate", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--evaluation", "slug", help="同时与该评估封存的抽样框核对；不给证书时核对库中的抽样")
@with_appcontext
def verify(certificate: Path | None, slug: str | None) -> None:
    """Re-check a draw: a certificate by itself, against the sealed frame, or the stored draw and its cases."""
    if certificate is None and slug is None:
        raise click.UsageError("给出证书文件，或用 --evaluation 指明评估。")
    try:
        if certificate is None:
            evidence = verify_draw(db.session, find_evaluation(slug or ""))
            click.echo(f"一致：重新抽样得到同样的 {evidence.cases} 人，个案齐全。证书摘要 {evidence.digest}")
            return
        content = _json(certificate)
        if slug is None:
            check(content)
            click.echo("证书自身一致：规则、分配、票号、次序和摘要都对得上。")
            return
        _verify_file_against(content, slug)
    except Mismatch as mismatch:
        lines = "\n".join(
            f"  {difference.check}：{difference.where.zh} {difference.reason.zh}" for difference in mismatch.differences
        )
        raise click.ClickException(f"不一致：\n{lines}") from mismatch


def _json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise click.ClickException(f"{path.name} 不是 JSON 文件。") from error


def _verify_file_against(content: object, slug: str) -> None:
    drawn = live_draw(db.session, find_evaluation(slug))
    if drawn is None:
        raise click.ClickException("还没有抽样。")
    content = check_with_frame(content, people_of(db.session, drawn.frame))
    click.echo(f"一致：从封存的抽样框重新抽样，得到证书上的 {len(keys_of(content))} 人。")


COMMANDS = (draw, certificate, verify)
