"""Pages for planning a draw: the costs and benefits of each choice, before a plan is announced."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.access import members
from app.draw import rows
from app.draw.forms.plan_choices import LAST, METHODS, SIZES, STRATA
from app.draw.forms.plans import PlanForm
from app.draw.labels import PROTOCOL_CONSEQUENCES
from app.draw.queries.draws import live_ceremony
from app.draw.queries.plans import PlanPreview, asks_everyone, plan_preview, requirement_of
from app.extensions import db
from app.ledger.queries.frames import frame_of
from app.ledger.queries.rounds import round_forgotten
from app.ledger.rows import requirement_rows
from app.localisation import to_visitor
from app.models import Evaluation, Role
from app.shared.getters import get_evaluation
from sampling.plan import PlanRefused
from sampling.rule import NobodyToAsk

blueprint = Blueprint("plans", __name__, url_prefix="/evaluations/<slug>/plan")


@blueprint.get("")
@members(Role.LEAD)
def show(slug: str) -> str | BaseResponse | tuple[str, int]:
    """The choices of the query string and their projection; once announced, redirect to the plan in force."""
    evaluation = get_evaluation(slug)
    if live_ceremony(db.session, evaluation) is not None:
        return redirect(url_for("ceremonies.show", slug=slug), 303)
    form = PlanForm.of(request.args)
    preview, nobody = previewed(evaluation, form)
    page = render_template(
        "draw/plans/show.html",
        evaluation=evaluation,
        frame=frame_of(db.session, evaluation),
        form=form,
        changed=bool(request.args),
        preview=preview,
        **(_tables(preview, evaluation) if preview else {"readings": []}),
        nobody=nobody,
        forgotten=round_forgotten(db.session, evaluation),
        hints={
            "strata": STRATA,
            "method": METHODS,
            "size_by": {code: words[1] for code, words in SIZES.items()},
            "last": {code: words[1] for code, words in LAST.items()},
            "protocol": PROTOCOL_CONSEQUENCES,
        },
    )
    return page, 200 if preview or nobody else 422


def _tables(preview: PlanPreview, evaluation: Evaluation) -> dict[str, object]:
    everyone = asks_everyone(preview.plan, preview.need)
    return {
        "everyone": everyone,
        "consequences": rows.everyone_consequences(preview) if everyone else rows.plan_consequences(preview),
        "costs": rows.cost_rows(preview.chosen, preview.usual),
        "areas": rows.plan_area_rows(preview),
        "misclassification": rows.misclassification_table(preview.misclassification, preview.asked),
        "readings": requirement_rows(preview.readings, evaluation.reading),
    }


def previewed(evaluation: Evaluation, form: PlanForm) -> tuple[PlanPreview | None, str]:
    """The preview of a form's plan; None with a message if the frame has nobody to draw, or with errors in the form."""
    frame = frame_of(db.session, evaluation)
    try:
        if frame is None:
            return None, _("还没有名册。先上传名册，再抽样。")
        plan = form.to_plan(requirement_of(frame, evaluation))
        return (plan_preview(db.session, evaluation, plan, form.assumptions()) if plan else None), ""
    except NobodyToAsk as nobody:
        return None, to_visitor(nobody.message)
    except PlanRefused as refused:
        form.refuse(refused)
        return None, ""
