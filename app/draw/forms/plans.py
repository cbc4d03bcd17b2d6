"""The plan of a draw as a form, read from the query string so that the address of a plan can be shared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import DecimalField, Form, RadioField, SelectMultipleField, StringField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from app.draw.forms.plan_choices import ALL, IGNORE, KEEP, LAST, MARGIN, RATE, REST, RULE, SIZES, TYPED
from app.draw.labels import FACTORS, METHODS, PROTOCOLS
from app.localisation import to_visitor
from app.shared.forms import WholeField, choices
from app.shared.labels import listed
from sampling.canonical import is_plain
from sampling.plan import LARGEST, Factor, Method, Plan, PlanRefused, Protocol, general_allowed
from sampling.planning import size_for_answers, size_for_answers_surely, size_for_margin, stddev_of
from sampling.projection import MOST_STDDEVS, Assumptions
from sampling.rule import Requirement, SizeRefused, planned_size
from sampling.text import Text

SHARE = "share."
MOST_LINES = 9
When = Callable[["PlanForm"], bool]


GENERAL_INCLUDED = Text(
    "读法乙已经从全部服务对象里抽，不能另抽普通服务对象。",
    "Under the second reading all recipients are drawn from; general recipients cannot be drawn beside them.",
)


class Within:
    """Validates that a number is within bounds; only where the condition `when` of the form holds."""

    def __init__(self, least: int | Decimal, most: int | Decimal, when: When | None = None) -> None:
        self.least, self.most, self.when = least, most, when

    def __call__(self, form: PlanForm, field: Any) -> None:
        if self.when and not self.when(form):
            return
        if field.data is None or not self.least <= field.data <= self.most:
            text = (
                _l("请填 %(a)s 到 %(b)s 之间的整数。")
                if isinstance(self.least, int)
                else _l("请填 %(a)s 到 %(b)s 之间的数。")
            )
            raise ValidationError(str(text) % {"a": self.least, "b": self.most})


class Known:
    """Validates that every value is one of the offered choices."""

    def __call__(self, _form: Form, field: Any) -> None:
        offered = {choice.value for choice in field.choices}
        given = field.data if isinstance(field.data, list) else [field.data]
        if not offered.issuperset(given):
            raise ValidationError(str(_l("请从列出的选项里选。")))


class NumberField(DecimalField):  # type: ignore[misc]
    """A decimal number; other text becomes None, which the validator reports."""

    data: Any

    def process_formdata(self, values: list[str]) -> None:
        """Parse a number, also in full-width digits."""
        text = unicodedata.normalize("NFKC", values[0]).strip() if values else ""
        self.data = Decimal(text) if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text) else None


def _one(label: Any, pairs: Iterable[tuple[str, Any]], default: str) -> RadioField:
    return RadioField(label, choices=choices(pairs), default=default, validators=[Known()], validate_choice=False)


def _whole(label: Any, least: int, most: int, default: int | None, when: When | None = None) -> WholeField:
    return WholeField(label, default=default, validators=[Within(least, most, when)])


class PlanForm(Form):  # type: ignore[misc]
    """Every choice of a plan; without CSRF token, because it is read from a query string as well as from a form."""

    strata = SelectMultipleField(
        _l("按什么分层"),
        choices=choices((factor.value, FACTORS[factor.value]) for factor in Factor),
        default=[Factor.VILLAGE.value],
        filters=[lambda values: [value for value in values or () if value]],
        validators=[Known()],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    method = _one(_l("名额怎么分到各层"), ((m.value, METHODS[m.value]) for m in Method), Method.PROPORTIONAL.value)
    minimum = _whole(_l("每层至少"), 0, LARGEST, 2)
    area_minimum = _whole(_l("每个片区至少"), 0, LARGEST, 0)
    size_by = _one(_l("抽多少人"), ((code, words[0]) for code, words in SIZES.items()), RULE)
    size = _whole(_l("人数"), 1, LARGEST, None, lambda form: form.size_by.data == TYPED)
    margin = NumberField(
        _l("误差不超过"),
        default=Decimal(5),
        places=None,
        validators=[Within(Decimal("0.1"), Decimal(50), lambda form: form.size_by.data == MARGIN)],
    )
    general = _whole(_l("另抽普通服务对象"), 0, LARGEST, 0)
    last = _one(_l("上一轮抽中的人"), ((code, words[0]) for code, words in LAST.items()), IGNORE)
    overlap = _whole(_l("保留的比例"), 1, 100, 30, lambda form: form.last.data == KEEP)
    protocol = _one(
        _l("访问不到的人怎么替换"), ((p.value, PROTOCOLS[p.value]) for p in Protocol), Protocol.SUPERVISOR.value
    )
    block = _whole(_l("每批"), 1, LARGEST, 10, lambda form: form.protocol.data == Protocol.BLOCK.value)
    rate = _whole(_l("预计应答率"), 1, 100, 80)
    expected = _whole(_l("预计满意率"), 1, 99, 90)
    lines = StringField(_l("评分档的分界线"), default=lambda: listed(("60", "80", "90")))

    def __init__(self, given: MultiDict[str, str] | None = None, *, lines: str = "") -> None:
        super().__init__(None if given is None else _completed(given, lines))
        if given is None and lines:
            self.lines.data = lines
        self.shares = _typed_shares(given or MultiDict())

    @classmethod
    def of(cls, given: MultiDict[str, str], *, lines: str = "") -> PlanForm:
        """The form of a query string or a submission; missing fields have their defaults."""
        return cls(given if any(name in cls._names() for name in given) else None, lines=lines)

    @classmethod
    def _names(cls) -> set[str]:
        return {field.name for field in cls()}

    def validate_lines(self, field: StringField) -> None:
        """Validate band limits: increasing percentages, separated by any usual mark."""
        if _lines(field.data or "") is None:
            raise ValidationError(str(_l("请填 1 到 100 之间的数，从小到大，最多 9 个，用顿号隔开，例如 60、80、90。")))

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Validate the fields, and under Neyman allocation the shares typed for strata."""
        valid = super().validate(extra_validators)
        if self.method.data == Method.NEYMAN.value and None in self.shares.values():
            self.form_errors = [_("各层的预计满意率，请填 1 到 99 之间的整数。")]
            return False
        return bool(valid)

    def assumptions(self) -> Assumptions:
        """The assumptions about response and satisfaction; only for a form that validates."""
        neyman = self.method.data == Method.NEYMAN.value
        shares = {code: share for code, share in self.shares.items() if share is not None} if neyman else {}
        return Assumptions(self.expected.data, self.rate.data, shares, _lines(self.lines.data) or ())

    def to_plan(self, need: Requirement) -> Plan | None:
        """The plan of these choices for the requirement; None when it is refused, with the reason at a field.

        Under Neyman allocation the stratum standard deviations are those of the typed shares.
        """
        if not self.validate():
            return None
        protocol, method = Protocol(self.protocol.data), Method(self.method.data)
        try:
            plan = Plan(
                size=self._size(need),
                general=self.general.data,
                strata=tuple(factor for factor in Factor if factor.value in self.strata.data),
                method=method,
                minimum=self.minimum.data,
                area_minimum=self.area_minimum.data,
                stddev={code: stddev_of(share) for code, share in self.assumptions().shares.items()},
                overlap={IGNORE: None, REST: 0, KEEP: self.overlap.data}[self.last.data],
                protocol=protocol,
                block=self.block.data if protocol is Protocol.BLOCK else 1,
            )
            if not general_allowed(plan, need.reading):
                raise PlanRefused(GENERAL_INCLUDED, "general")
        except SizeRefused as refused:
            self.refuse(PlanRefused(refused.message, "size"))
        except PlanRefused as refused:
            self.refuse(refused)
        else:
            return plan
        return None

    def _size(self, need: Requirement) -> int:
        """The sample size: at least what is required, at most the population."""
        by = self.size_by.data
        if by == TYPED:
            return planned_size(need, self.size.data)
        if by == ALL:
            return need.population
        size = need.required
        if by == RATE:
            size = size_for_answers_surely(need.required, self.rate.data)
        elif by == MARGIN:
            size = size_for_margin(float(self.margin.data) / 100, need.population)
            if self.protocol.data == Protocol.NONE.value:
                size = size_for_answers(size, self.rate.data)
        return min(max(size, need.required), need.population)

    def refuse(self, refused: PlanRefused) -> None:
        """Attach a refusal to the field it concerns."""
        name = refused.field
        if name == "size" and self.size_by.data != TYPED:
            name = "size_by"
        if name in self:
            self[name].errors = [*self[name].errors, to_visitor(refused.message)]
        else:
            self.form_errors = [*self.form_errors, to_visitor(refused.message)]

    def fields(self, strata: Iterable[tuple[str, int]] = ()) -> list[tuple[str, str]]:
        """The choices as names and values for resubmission, with the expected share of each of these strata."""
        sent = [("strata", value) for value in ("", *self.strata.data)]
        sent += [
            (field.name, str(field._value())) for field in self if hasattr(field, "_value") and field.name != "strata"
        ]
        sent += [(field.name, field.data) for field in (self.method, self.size_by, self.last, self.protocol)]
        return sent + [(f"{SHARE}{code}", str(share)) for code, share in strata]


def _completed(given: MultiDict[str, str], lines: str) -> MultiDict[str, str]:
    """The given values completed with defaults; `strata` may be given as empty."""
    whole: MultiDict[str, str] = MultiDict(given)
    for name, value in PlanForm(lines=lines).fields():
        if name not in given:
            whole.add(name, value)
    return whole


def _typed_shares(given: MultiDict[str, str]) -> dict[str, int | None]:
    """The share typed for each stratum, in per cent; None where it is not a whole number from 1 to 99."""
    shares: dict[str, int | None] = {}
    for name, text in given.items():
        code = name.removeprefix(SHARE)
        if code != name and is_plain(code) and len(shares) < MOST_STDDEVS:
            text = unicodedata.normalize("NFKC", text).strip()
            shares[code] = int(text) if re.fullmatch(r"[1-9][0-9]?", text) else None
    return shares


def _lines(text: str) -> tuple[Decimal, ...] | None:
    parts = [part for part in re.split(r"[\s、,;]+", unicodedata.normalize("NFKC", text)) if part]
    try:
        lines = tuple(Decimal(part) for part in parts if re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,4})?", part))
    except InvalidOperation:
        return None
    rising = all(low < high for low, high in pairwise(lines))
    fits = len(lines) == len(parts) and 1 <= len(lines) <= MOST_LINES
    return lines if fits and rising and lines[0] > 0 and lines[-1] <= 100 else None
