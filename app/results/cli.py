"""Results and the check of the tallies from the command line."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.extensions import db
from app.localisation import to_visitor
from app.results.queries.results import results_of
from app.results.queries.results_json import further_results_json
from app.results.queries.tally_check import TallyDifference, tally_differences
from app.shared.cli import find_evaluation, option, print_json
from app.shared.queries import live_draw


@click.command()
@click.argument("slug")
@with_appcontext
def recount(slug: str) -> None:
    """Count every response and case anew and hold it against the running tallies that the results are read from.

    Exit code 1 when a cell differs: somebody changed a tally by hand.
    """
    draw = live_draw(db.session, find_evaluation(slug))
    if draw is None:
        raise click.ClickException(_("还没有抽样。"))
    differences = tally_differences(db.session, draw)
    if differences:
        lines = [f"  {_in_words(difference)}" for difference in differences]
        raise click.ClickException("\n".join([_("有 %(n)s 格与重数不同：", n=len(differences)), *lines]))
    click.echo(_("一致：累计的数字与逐份重数的相同。"))


def _in_words(difference: TallyDifference) -> str:
    return str(
        _(
            "%(tally)s %(cell)s：累计 %(kept)s，重数 %(counted)s",
            tally=difference.tally,
            cell=difference.cell,
            kept=difference.kept,
            counted=difference.counted,
        )
    )


@click.command()
@click.argument("slug")
@option("--json", "as_json", is_flag=True, help=_l("输出 JSON"))
@option("--all", "everything", is_flag=True, help=_l("和 --json 一起：还有分位数、界限、各种比较、换一种加权、可靠性"))
@with_appcontext
def results(slug: str, as_json: bool, everything: bool) -> None:
    """Print satisfaction, bands and awareness, overall and by area, with intervals."""
    evaluation = find_evaluation(slug)
    results = results_of(db.session, evaluation)
    if as_json:
        print_json(results.to_dict() | (further_results_json(db.session, evaluation, results) if everything else {}))
        return
    click.echo(to_visitor(results.sentence))
    for label, figure in (
        (_("满意度（均值）"), results.satisfaction),
        (_("满意率"), results.satisfied),
        (_("有效知晓率"), results.awareness),
    ):
        click.echo(_("%(name)s：%(value)s", name=label, value=to_visitor(figure.in_words())))


COMMANDS = (results, recount)
