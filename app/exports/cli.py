"""Exports from the command line."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.exports.commands import record_export
from app.exports.files import FORMATS, write_export
from app.exports.queries import ResponsesChanged
from app.extensions import db
from app.shared.cli import find_evaluation, find_user, option
from app.shared.queries import live_draw

PRINTABLE = ("csv", "r")


@click.command()
@click.argument("slug")
@click.option("--format", "form", type=click.Choice(list(FORMATS)), default="csv", show_default=True)
@option("--output", type=click.Path(dir_okay=False, path_type=Path), help=_l("写入文件；CSV 和 R 默认写到标准输出"))
@option("--by", help=_l("以哪个账号的名义记录"))
@with_appcontext
def export(slug: str, form: str, output: Path | None, by: str | None) -> None:
    """Export results and responses without personal data: xlsx, csv, sav (SPSS), codebook, r, or all as zip."""
    evaluation, actor = find_evaluation(slug), find_user(by)
    draw = live_draw(db.session, evaluation)
    if draw is None:
        raise click.ClickException(_("还没有抽样，没有可以导出的内容。"))
    if output is None and form not in PRINTABLE:
        raise click.ClickException(_("这种文件要用 --output 写明存到哪里。"))
    with tempfile.TemporaryFile() as file:
        try:
            sha256 = write_export(db.session, evaluation, draw, form, file)
        except ResponsesChanged as arriving:
            raise click.ClickException(str(arriving)) from arriving
        record_export(db.session, evaluation, form=form, sha256=sha256, actor=actor)
        db.session.commit()
        file.seek(0)
        if output:
            with output.open("wb") as target:
                shutil.copyfileobj(file, target)
            click.echo(_("已写入 %(path)s（SHA-256 %(sha256)s）。", path=output, sha256=sha256), err=True)
        else:
            click.echo(file.read(), nl=False)


COMMANDS = (export,)
