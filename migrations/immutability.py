"""The rules in force: which rows no writer may change, also one that knows nothing of this application.

Each rule is a trigger of a migrated database, on SQLite and on PostgreSQL; a refusal carries the name of its rule.
Nothing here is run by a migration. Whoever changes a rule edits it here and writes the SQL that brings landed
databases there into a new revision (migrations/versions); tests/migrations/test_rules_in_force.py compares every
trigger and function of a migrated database with this declaration and with migrations/tallies.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.models.erasures import ERASED_WORDS

SEALED = "(SELECT sealed_at FROM frame WHERE frame.id = {row}.frame_id) IS NOT NULL"


@dataclass(frozen=True)
class Rule:
    """On which table and for which operations, when a row may not be touched; conditions speak of OLD and NEW."""

    name: str
    table: str
    operations: tuple[str, ...]
    when: str = "1 = 1"


FIRST_RULES = (
    Rule("audit_event_append_only", "audit_event", ("DELETE",)),
    Rule("document_immutable", "document", ("UPDATE", "DELETE")),
    Rule("settlement_immutable", "settlement", ("UPDATE", "DELETE")),
    Rule("frame_sealed_update", "frame", ("UPDATE",), "OLD.sealed_at IS NOT NULL"),
    Rule("frame_sealed_delete", "frame", ("DELETE",), "OLD.sealed_at IS NOT NULL"),
    Rule("recipient_sealed_insert", "recipient", ("INSERT",), SEALED.format(row="NEW")),
    Rule("recipient_sealed_change", "recipient", ("DELETE",), SEALED.format(row="OLD")),
    Rule("draw_kept", "draw", ("DELETE",)),
    Rule(
        "draw_only_voided",
        "draw",
        ("UPDATE",),
        "OLD.voided_at IS NOT NULL OR NEW.seed <> OLD.seed OR NEW.size <> OLD.size OR NEW.population <> OLD.population"
        " OR NEW.frame_id <> OLD.frame_id OR NEW.certificate_digest <> OLD.certificate_digest"
        " OR CAST(NEW.certificate AS TEXT) <> CAST(OLD.certificate AS TEXT)",
    ),
)

CLOSED = "(SELECT closed_at FROM ceremony WHERE ceremony.id = {row}.ceremony_id)"
NOBODY_CONFIRMED = (
    "OLD.voided_at IS NULL AND NEW.voided_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM void_request"
    " WHERE void_request.ceremony_id = {ceremony} AND void_request.confirmed_at IS NOT NULL)"
)
DRAW_RULES = (
    Rule("ceremony_kept", "ceremony", ("DELETE",)),
    Rule(
        "ceremony_fixed",
        "ceremony",
        ("UPDATE",),
        "OLD.voided_at IS NOT NULL OR NEW.plan_digest <> OLD.plan_digest OR NEW.frame_id <> OLD.frame_id"
        " OR CAST(NEW.plan AS TEXT) <> CAST(OLD.plan AS TEXT)"
        " OR (OLD.closed_at IS NOT NULL AND (NEW.closed_at IS NULL OR NEW.closed_at <> OLD.closed_at))",
    ),
    Rule("ceremony_void_confirmed", "ceremony", ("UPDATE",), NOBODY_CONFIRMED.format(ceremony="OLD.id")),
    Rule("draw_void_confirmed", "draw", ("UPDATE",), NOBODY_CONFIRMED.format(ceremony="OLD.ceremony_id")),
    Rule("seed_contribution_kept", "seed_contribution", ("DELETE",)),
    Rule("seed_contribution_late", "seed_contribution", ("INSERT",), CLOSED.format(row="NEW") + " IS NOT NULL"),
    Rule(
        "seed_contribution_fixed",
        "seed_contribution",
        ("UPDATE",),
        "NEW.ceremony_id <> OLD.ceremony_id OR NEW.place <> OLD.place OR NEW.name <> OLD.name"
        " OR NEW.kind <> OLD.kind OR NEW.source <> OLD.source"
        " OR COALESCE(CAST(NEW.expected_at AS TEXT), '') <> COALESCE(CAST(OLD.expected_at AS TEXT), '')"
        " OR (OLD.kind = 'public' AND OLD.value IS NULL AND NEW.value IS NOT NULL"
        " AND COALESCE(OLD.entered, '') <> NEW.value)"
        f" OR ({CLOSED.format(row='OLD')} IS NULL AND NEW.value IS NOT NULL)"
        f" OR ({CLOSED.format(row='OLD')} IS NOT NULL AND"
        " (COALESCE(NEW.commitment, '') <> COALESCE(OLD.commitment, '')"
        " OR (OLD.value IS NOT NULL AND COALESCE(NEW.value, '') <> OLD.value)))",
    ),
    Rule("void_request_kept", "void_request", ("DELETE",)),
    Rule("replacement_kept", "replacement", ("UPDATE", "DELETE")),
    Rule(
        "replacement_of_final_case",
        "replacement",
        ("INSERT",),
        "NOT EXISTS (SELECT 1 FROM cases WHERE cases.id = NEW.replaces_case_id AND cases.outcome_final"
        " AND cases.outcome = NEW.outcome)",
    ),
)


SETTLED = "EXISTS (SELECT 1 FROM settlement WHERE settlement.evaluation_id = {row})"
# What a settled result was made from stays as it was, whoever writes.
SETTLED_RULES = (
    *(
        Rule(f"{table}_settled_{when}", table, operations, SETTLED.format(row=f"{row}.evaluation_id"))
        for table in ("party_score", "station_fact", "score_override")
        for when, operations, row in (("insert", ("INSERT",), "NEW"), ("change", ("UPDATE", "DELETE"), "OLD"))
    ),
    Rule(
        "evaluation_settled",
        "evaluation",
        ("UPDATE",),
        SETTLED.format(row="OLD.id")
        + " AND (NEW.scheme_id <> OLD.scheme_id OR NEW.questionnaire_id <> OLD.questionnaire_id"
        " OR NEW.stage <> OLD.stage OR NEW.reading <> OLD.reading)",
    ),
)

OF_REFUSED_CASE = (
    "EXISTS (SELECT 1 FROM cases WHERE cases.id = NEW.case_id AND cases.outcome = 'R1' AND cases.outcome_final)"
)
DESK_RULES = (
    # A clear refusal holds for good (Network Data Security Regulations, art. 22): no way leads back to asking.
    Rule(
        "case_refused_for_good",
        "cases",
        ("UPDATE",),
        "OLD.outcome = 'R1' AND OLD.outcome_final"
        " AND (NEW.outcome IS NULL OR NEW.outcome <> 'R1' OR NOT NEW.outcome_final)",
    ),
    *(
        Rule(f"{table}_of_refused_case", table, ("INSERT",), OF_REFUSED_CASE)
        for table in ("phone_call", "appointment", "invitation")
    ),
    Rule(
        "evaluation_outcomes_settled",
        "evaluation",
        ("UPDATE",),
        SETTLED.format(row="OLD.id") + " AND COALESCE(NEW.outcomes_id, 0) <> COALESCE(OLD.outcomes_id, 0)",
    ),
    Rule("minor_opening_kept", "minor_opening", ("DELETE",)),
)


ERASED = "EXISTS (SELECT 1 FROM erasure WHERE erasure.evaluation_id = {row})"
OF_ERASED_FRAME = (
    "EXISTS (SELECT 1 FROM frame JOIN erasure ON erasure.evaluation_id = frame.evaluation_id WHERE frame.id = {row})"
)
OF_ERASED_CASE = (
    "EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id JOIN erasure"
    " ON erasure.evaluation_id = draw.evaluation_id WHERE cases.id = {row})"
)
ANYBODY_ASKED = (
    "EXISTS (SELECT 1 FROM cases JOIN draw ON draw.id = cases.draw_id WHERE draw.evaluation_id = OLD.id AND ("
    + " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {table}.case_id = cases.id)"
        for table in ("attempt", "phone_call", "invitation", "draft", "response")
    )
    + "))"
)


def _changed(*columns: str) -> str:
    """Whether one of these columns changes; as text, so that JSON and absent values compare in both databases."""
    return " OR ".join(f"COALESCE(CAST(NEW.{c} AS TEXT), '') <> COALESCE(CAST(OLD.{c} AS TEXT), '')" for c in columns)


# What identifies people goes when its time is over, and only then: each of these lets through the erasure alone.
ERASING_RULES = (
    Rule(
        "audit_event_append_only",
        "audit_event",
        ("UPDATE",),
        f"NEW.words IS NOT NULL OR NOT {ERASED.format(row='OLD.evaluation_id')} OR "
        + _changed("id", "at", "actor_id", "evaluation_id", "action", "subject", "details", "previous", "hash"),
    ),
    Rule(
        "recipient_sealed_change",
        "recipient",
        ("UPDATE",),
        f"{SEALED.format(row='OLD')} AND (NEW.birth_year IS NOT NULL OR NOT {OF_ERASED_FRAME.format(row='OLD.frame_id')}"
        f" OR {_changed('id', 'frame_id', 'key', 'village_id', 'categories', 'priority', 'last')})",
    ),
    Rule(
        "minor_opening_kept",
        "minor_opening",
        ("UPDATE",),
        f"NEW.reason <> '{ERASED_WORDS}' OR NOT {OF_ERASED_CASE.format(row='OLD.case_id')} OR "
        + _changed("id", "case_id", "user_id", "at"),
    ),
)
KEEPING_RULES = (
    Rule("erasure_kept", "erasure", ("UPDATE", "DELETE")),
    Rule(
        "erasure_too_early",
        "erasure",
        ("INSERT",),
        "NEW.erased_on <= (SELECT keep_until FROM evaluation WHERE evaluation.id = NEW.evaluation_id)",
    ),
    # Everybody asked was told a day: it may come sooner, never later.
    Rule(
        "evaluation_kept_no_longer",
        "evaluation",
        ("UPDATE",),
        f"(NEW.keep_until > OLD.keep_until AND {ANYBODY_ASKED})"
        f" OR (NEW.keep_until <> OLD.keep_until AND {ERASED.format(row='OLD.id')})",
    ),
    # After the erasure nothing about people comes in again.
    *(
        Rule(f"{table}_after_erasure", table, ("INSERT",), OF_ERASED_CASE.format(row="NEW.case_id"))
        for table in (
            "attempt", "phone_call", "invitation", "appointment", "draft", "desk_note", "minor_opening", "response",
        )
    ),
    Rule(
        "contact_after_erasure",
        "contact",
        ("INSERT",),
        OF_ERASED_FRAME.format(row="(SELECT frame_id FROM recipient WHERE recipient.id = NEW.recipient_id)"),
    ),
    Rule("ledger_upload_after_erasure", "ledger_upload", ("INSERT",), ERASED.format(row="NEW.evaluation_id")),
)  # fmt: skip


RULES = (*FIRST_RULES, *DRAW_RULES, *SETTLED_RULES, *DESK_RULES, *ERASING_RULES, *KEEPING_RULES)


def statements(dialect: str) -> list[str]:
    """What creates the triggers of all rules in a database of this dialect."""
    write = _postgresql if dialect == "postgresql" else _sqlite
    return [statement for rule in RULES for operation in rule.operations for statement in write(rule, operation)]


def _sqlite(rule: Rule, operation: str) -> list[str]:
    return [
        f"CREATE TRIGGER {rule.name}_{operation.lower()} BEFORE {operation} ON {rule.table} "
        f"WHEN {rule.when} BEGIN SELECT RAISE(ABORT, '{rule.name}'); END"
    ]


def _postgresql(rule: Rule, operation: str) -> list[str]:
    name = f"{rule.name}_{operation.lower()}"
    result = "OLD" if operation == "DELETE" else "NEW"
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {rule.when} THEN "
        f"RAISE EXCEPTION '{rule.name}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        f"RETURN {result}; END $$",
        f"CREATE TRIGGER {name} BEFORE {operation} ON {rule.table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]
