"""Every sentence is there in both languages: none stands in the source in Chinese alone, none on an English page."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.commands import make_link
from app.draw.commands.ceremonies import SYSTEM_NAME, SYSTEM_SOURCE
from app.evaluations.commands.evaluations import add_member
from app.evaluations.commands.opening import start_draft
from app.evaluations.queries.drafts import STEPS
from app.handbook.queries import chapters
from app.models import (
    Appointment,
    BackCheck,
    Case,
    Draw,
    LedgerFinding,
    LedgerUpload,
    OpeningDraft,
    Response,
    Role,
    Schedule,
    User,
)  # fmt: skip
from app.scores.commands.scores import settle_score
from surveys.setup.areas import as_lines
from tests.app.data_of_every_kind import an_evaluation_with_data_of_every_kind, an_evaluation_with_ledgers_only
from tests.app.desk_builders import AT, a_busy_desk
from tests.app.english_pages import Crawl, addresses, crawl, data_in, in_english
from tests.builders import AREAS, a_member, a_user
from tests.clock import Clock
from tests.visitor import Visitor

ROOT = Path(__file__).parents[2]
# Files of another kind than pages.
# The empty ledger is filled in by the office, whose words its columns, villages and categories are.
FOR_THE_OFFICE = {"/evaluations/<slug>/ledgers/template.xlsx"}
UNOPENED = {"/certificate/<digest>.json", "/verify/verify_draw.py"}
FEWEST_OF_A_SCORE = 5
LIVED_IN, UNSEALED, BUSY = "lived-in-2023", "unsealed-2023", "sample-2023"


def a_world(session: Session) -> tuple[dict[str, str], str]:
    """Three evaluations, one for each part of the work; returns one user name for each role, and a link's token."""
    lived_in = an_evaluation_with_data_of_every_kind(session, LIVED_IN)
    busy = a_busy_desk(session, AT, lead_name="desk-lead")
    unsealed = an_evaluation_with_ledgers_only(session, UNSEALED)
    for evaluation in (busy.evaluation, unsealed):
        add_member(session, evaluation, lived_in.lead, Role.LEAD)
    start_draft(session, {"station": {"station": "new"}}, actor=a_user(session, "boss", administrator=True))
    users = {"administrator": "boss", "lead": lived_in.lead.username, "interviewer": "lan"}
    for role in (Role.PURCHASER, Role.SUPERVISION, Role.MONITOR, Role.STATION):
        user = a_member(session, lived_in.evaluation, role, role.value)
        add_member(session, unsealed, user, role)
        users[role.value] = user.username
    session.commit()
    return users, lived_in.token


def values_of(session: Session, token: str) -> dict[str, list[str]]:
    """What the parts of addresses may be: identifiers of the database, and the names of figures and points."""

    def some(column: object, number: int = 2) -> list[str]:
        return [str(value) for value in session.scalars(select(column).limit(number))]  # type: ignore[call-overload]

    held = select(Case.uuid).join(Schedule).where(Schedule.held_by_id.is_not(None))
    return {
        "slug": [LIVED_IN, UNSEALED, BUSY],
        "document_id": ["recipient", "guangzhou-2023", "guangzhou"],
        "kind": ["questionnaire", "scheme", "outcomes", "integrity"],
        "version": ["1"],
        "user_uuid": some(User.uuid),
        "address": [chapters()[0].address],
        "digest": some(Draw.certificate_digest),
        "appointment_uuid": some(Appointment.uuid, 3),
        "check_uuid": some(BackCheck.uuid),
        "case_uuid": [*some(Case.uuid, 12), *map(str, session.scalars(held))],
        "mode": ["phone", "visit"],
        "upload_uuid": some(LedgerUpload.uuid, 9),
        "response_uuid": some(Response.uuid, 20),
        "draft_uuid": some(OpeningDraft.uuid),
        "step": [*STEPS],
        "name": ["satisfaction.mean", "awareness.rate", "guangzhou-2023"],
        "code": ["monitoring", "staffing", "unknown-category", "no-phone"],
        "subject": list(filter(None, session.scalars(select(LedgerFinding.subject).distinct()))),
        "row": ["2", "9"],
        "field": ["name", "categories"],
        "item": ["monitoring"],
        "token": [token],
    }


def test_a_crawl_in_english_finds_no_chinese_but_data(
    app: Flask, session: Session, clock: Clock, another_visitor: Callable[[], Visitor]
) -> None:
    clock.moment = AT
    users, token = a_world(session)
    values = values_of(session, token)
    values["token"].append(make_link(session, a_user(session, "invited")))
    session.commit()
    pages = addresses(app, values)
    data, found = [as_lines(AREAS).replace("\n", " "), *data_in(session), SYSTEM_NAME, SYSTEM_SOURCE], Crawl()
    for username in ("", *users.values()):
        visitor = another_visitor()
        in_english(visitor)
        if username:
            visitor.sign_in(username)
        crawl(visitor, pages, data, found)
    assert found.left.keys() <= FOR_THE_OFFICE
    assert set(pages) - set(found.opened) == UNOPENED


def test_the_pages_of_a_settled_score_hold_no_chinese_in_english_either(
    app: Flask, session: Session, visitor: Visitor
) -> None:
    lived_in = an_evaluation_with_data_of_every_kind(session, LIVED_IN)
    settle_score(session, lived_in.evaluation, shortfall_reason="访问期已过", actor=lived_in.lead)
    session.commit()
    pages = addresses(app, values_of(session, lived_in.token) | {"slug": [LIVED_IN]})
    data, found = [*data_in(session), SYSTEM_NAME, SYSTEM_SOURCE], Crawl()
    in_english(visitor)
    visitor.sign_in(lived_in.lead.username)
    crawl(visitor, {rule: paths for rule, paths in pages.items() if "/score" in rule or "/draw" in rule}, data, found)
    assert found.left.keys() <= FOR_THE_OFFICE
    assert len(found.opened) > FEWEST_OF_A_SCORE


# Chinese that stands in the source alone, by module and the name it is given there ("*": the whole module).
ALONE = {
    ("app/demo/ledger_file.py", "*"): "the invented ledger of the demonstration",
    ("app/demo/loading.py", "*"): "the invented station of the demonstration",
    ("app/demo/people.py", "*"): "the invented people of the demonstration",
    ("app/public/forms.py", "*"): "examples on the page for developers",
    ("app/public/rows.py", "*"): "examples on the page for developers",
    ("app/ledger/queries/template.py", "*"): "sheets and words of the empty ledger, which offices fill in",
    ("app/ledger/reader/columns.py", "*"): "headings of ledgers; labels and complaints are texts in two languages",
    ("app/ledger/reader/cleaning.py", "*"): "what ledgers write for a birth, and the platform's name in a heading",
    ("app/ledger/reader/messages.py", "*"): "how parameters stand within Chinese sentences",
    ("app/ledger/reader/phones.py", "*"): "what stands between the digits of a telephone in ledgers",
    ("app/ledger/reader/reading.py", "_cell"): "what a truth value of a workbook is in a ledger",
    ("app/ledger/reader/characters.py", "*"): "characters that stand for others",
    ("app/ledger/reader/givens.py", "*"): "what sheets and titles are called besides a village or category",
    ("app/ledger/reader/identity.py", "*"): "headings of columns that are not taken in",
    ("app/ledger/reader/line_kinds.py", "*"): "how totals, signatures and heading rows begin in ledgers",
    ("app/ledger/reader/remarks.py", "*"): "what ledgers write of people who died or left",
    ("app/ledger/reader/sheets.py", "*"): "a sign of error values in full width",
    ("app/ledger/reader/table.py", "_DITTO"): "what stands for the value above in ledgers",
    ("app/ledger/reader/village_names.py", "*"): "how offices write the names of villages",
    ("app/desk/views/mode_switch.py", "text_message"): "what is sent to the person asked, in Chinese by decision",
    ("app/desk/forms/case_page.py", "reason"): "a reason as it is kept in the database",
    ("app/desk/views/outcomes.py", "_write_down"): "the full stop of either language, taken off",
    ("app/draw/commands/ceremonies.py", "*"): "names of sources, as certificates hold them",
    ("app/draw/commands/draws.py", "*"): "names of sources, as the draw keeps them",
    ("app/draw/cli.py", "PUBLIC_SOURCE"): "the name of a source, as certificates hold it",
    ("app/draw/forms/ceremonies.py", "*"): "names of sources, as certificates hold them",
    ("app/draw/forms/plans.py", "_lines"): "signs that people type between numbers",
    ("app/scores/forms/scheme.py", "_rule"): "signs that people type between numbers",
    ("app/draw/queries/draws.py", "_of_withdrawn"): "the reason as certificates hold it",
    ("app/interview/forms/steps.py", "DECLINE"): "an option of the questionnaire, found by its words",
    ("app/models/erasures.py", "ERASED_WORDS"): "what the database keeps instead of what was erased",
    ("app/retention/commands.py", "_ledgers"): "what the database keeps instead of the name of a ledger",
    ("app/quality_control/forms/integrity_rules.py", "SENTENCES"): "patterns that Chinese sentences are matched with",
    ("app/supervision/forms/desk_settings.py", "*"): "patterns and signs that Chinese sentences are matched with",
    ("app/desk/forms/appointments.py", "*"): "signs that people type",
    ("app/scores/queries/settlement_check.py", "_change"): "paired with its English in the same line",
}
TRANSLATED = {"_", "_l", "ngettext", "lazy_gettext", "Text"}
SIGNS = re.compile("[\u3001-\u303f\u3400-\u9fff\uff01-\uff60]")
MODULES = [found.relative_to(ROOT).as_posix() for found in sorted((ROOT / "app").rglob("*.py"))]


def name_of(node: ast.AST) -> set[str]:
    """The names that a statement gives to a value or a function."""
    if isinstance(node, ast.FunctionDef):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {target.id for target in targets if isinstance(target, ast.Name)}


def in_chinese_alone(node: ast.AST, allowed: set[str]) -> Iterator[tuple[int, str]]:
    """The Chinese strings below a node that no translation is asked for; docstrings are not looked at."""
    if name_of(node) & allowed or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TRANSLATED:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and SIGNS.search(node.value):
        yield node.lineno, node.value
    for child in ast.iter_child_nodes(node):
        yield from in_chinese_alone(child, allowed)


TEMPLATES = sorted(found.relative_to(ROOT).as_posix() for found in (ROOT / "app" / "templates").rglob("*.html"))
# Templates that may hold Chinese without asking for a translation, and which.
ALONE_IN_TEMPLATES = {
    "app/templates/styleguide.html": ".*",  # examples for developers
    "app/templates/layouts/parts.html": "中文",  # the name of the language, in that language
}
NOT_SHOWN = re.compile(r"""\{#.*?#\}|\b_\(\s*(?:"[^"]*"|'[^']*')|\bngettext\(\s*"[^"]*",\s*"[^"]*\"""", re.DOTALL)


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_template_puts_out_chinese_that_is_not_translated(template: str) -> None:
    source = NOT_SHOWN.sub("", (ROOT / template).read_text("utf-8"))
    left = re.sub(ALONE_IN_TEMPLATES.get(template, "(?!)"), "", source)
    assert [line.strip() for line in left.splitlines() if SIGNS.search(line)] == []


@pytest.mark.parametrize("module", MODULES)
def test_no_sentence_of_the_application_stands_in_chinese_alone(module: str) -> None:
    allowed = {name for place, name in ALONE if place == module}
    if "*" not in allowed:
        assert list(in_chinese_alone(ast.parse((ROOT / module).read_text("utf-8")), allowed)) == []


def test_what_may_stand_in_chinese_alone_is_still_there() -> None:
    for module, name in ALONE:
        tree = ast.parse((ROOT / module).read_text("utf-8"))
        nodes = [node for node in ast.walk(tree) if name == "*" or name in name_of(node)]
        assert any(list(in_chinese_alone(child, set())) for node in nodes for child in ast.iter_child_nodes(node)), name


def test_a_sentence_in_chinese_alone_is_found() -> None:
    tree = ast.parse('"""说明"""\nflash(f"有 {n} 处")\nWORDS = ("甲",)\nboth = Text("两", "two"), _("三")\n')
    assert list(in_chinese_alone(tree, {"WORDS"})) == [(2, "有 "), (2, " 处")]
