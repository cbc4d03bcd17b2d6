"""Recognises how each sheet of a workbook is to be read, and asks about what is uncertain.

The questions are a function of the sheets and their plans: whoever answers changes the plans, with `answer` or
otherwise, and asks again for the open questions. A plan without questions can be used.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from app.ledger.reader.columns import FIELDS, SEVERAL, suggest
from app.ledger.reader.givens import category_in, codes_of, village_in
from app.ledger.reader.plans import Given, PlanError, SheetPlan
from app.ledger.reader.sheets import LedgerWorkbook, SheetTable
from app.ledger.reader.table import rows_named
from app.ledger.reader.village_names import VillageIndex, VillageName
from sampling.text import Text, all_of

__all__ = [
    "Question", "QuestionCode", "Recognition", "Sources", "answer", "fitted", "headings_agree", "open_questions",
    "recognise", "sources_of",
]  # fmt: skip

QuestionCode = Literal[
    "hidden-sheet", "no-name-column", "hidden-rows", "two-columns", "whose-telephone", "no-column", "no-village",
    "no-category",
]  # fmt: skip
NONE = "-"


@dataclass(frozen=True, slots=True)
class Question:
    """What a person must decide about a sheet: the sentence, and the command-line option that answers it.

    `field` is the field asked about, empty where none is.
    """

    code: QuestionCode
    sheet: str
    sentence: Text
    option: str
    field: str = ""


@dataclass(frozen=True)
class Recognition:
    """One plan for each sheet, in their order, and what is uncertain."""

    plans: tuple[SheetPlan, ...]
    questions: tuple[Question, ...]

    def to_json(self) -> list[dict[str, Any]]:
        """The plans in values that JSON has; the questions follow from them and the workbook."""
        return [plan.to_json() for plan in self.plans]

    @classmethod
    def from_json(cls, value: object, workbook: LedgerWorkbook, villages: Sequence[VillageName]) -> Recognition:
        """The recognition of this workbook by stored plans; raises PlanError for anything but such plans."""
        plans = plans_from_json(value)
        return cls(plans, open_questions(workbook, plans, villages))


def plans_from_json(value: object) -> tuple[SheetPlan, ...]:
    """The plans that `Recognition.to_json` wrote; raises PlanError for anything else."""
    if not isinstance(value, list):
        raise PlanError(Text("保存的读法不对。", "The stored way of reading is wrong."))
    return tuple(SheetPlan.from_json(plan) for plan in value)


def recognise(
    workbook: LedgerWorkbook, villages: Sequence[VillageName], *, remembered: Sequence[SheetPlan] | None = None
) -> Recognition:
    """The plan of each sheet, and questions about what is uncertain.

    `remembered` are the plans of an earlier file of the same office: where the headings agree, the columns chosen then
    are taken again, and for a sheet of the same name what was chosen for it. Hidden rows are asked about anew.
    """
    index = VillageIndex(villages)
    plans = tuple(_again(_plan(sheet, index), remembered or (), index) for sheet in workbook.sheets)
    return Recognition(plans, open_questions(workbook, plans, villages))


def fitted(workbook: LedgerWorkbook, plans: Sequence[SheetPlan]) -> tuple[SheetPlan, ...]:
    """Stored plans, one for each sheet in their order; a sheet without one is not taken.

    The plan of a sheet without a name is that of the first sheet that is not hidden, as a text file has no other.
    """
    first = next((sheet.name for sheet in workbook.sheets if not sheet.hidden), workbook.sheets[0].name)
    by_name = {plan.sheet or first: plan for plan in plans}
    return tuple(_fitted(sheet, by_name.get(sheet.name)) for sheet in workbook.sheets)


def _fitted(sheet: SheetTable, plan: SheetPlan | None) -> SheetPlan:
    if plan is None:
        return SheetPlan(sheet.name, False, {}, sheet.headers)
    return replace(plan, sheet=sheet.name, headers=plan.headers or sheet.headers)


def headings_agree(workbook: LedgerWorkbook, plans: Sequence[SheetPlan]) -> bool:
    """Whether a plan was made for the headings of any sheet of a workbook."""
    known = {_alike(plan.headers) for plan in plans}
    return any(_alike(sheet.headers) in known for sheet in workbook.sheets)


@dataclass(frozen=True, slots=True)
class Sources:
    """What a sheet offers to give the village, and the category, of rows without their own."""

    village: tuple[Given, ...]
    category: tuple[Given, ...]


def sources_of(sheet: SheetTable, villages: Sequence[VillageName]) -> Sources:
    """What the headings within a sheet, its name and its titles could give to its rows."""
    index = VillageIndex(villages)
    return Sources(
        _sources(sheet, lambda text: (found := village_in(text, index)) and found[0]),
        _sources(sheet, lambda text: (found := category_in(text)) and found[0]),
    )


def _sources(sheet: SheetTable, word_in: Callable[[str], str | None]) -> tuple[Given, ...]:
    found = [Given("heading")] if any(word_in(heading.text) for heading in sheet.headings) else []
    found += [Given("sheet", word)] if (word := word_in(sheet.name)) else []
    found += [Given("title", word) for title in sheet.titles if (word := word_in(title))]
    return tuple(dict.fromkeys(found))


def _plan(sheet: SheetTable, villages: VillageIndex) -> SheetPlan:
    suggestion = suggest(sheet.headers)
    columns = suggestion.columns
    return SheetPlan(
        sheet=sheet.name,
        take=None if sheet.hidden or "name" not in columns else True,
        columns=columns,
        headers=sheet.headers,
        village=_village(sheet, villages, own="village" in columns),
        category=_category(sheet, own="categories" in columns),
        hidden_rows=None if sheet.hidden_rows else "take",
        unsure=("phone",) if suggestion.guessed else (),
    )


def _village(sheet: SheetTable, villages: VillageIndex, *, own: bool) -> Given | None:
    """What gives a village to rows without one; with a column of its own only a heading or the sheet's name does."""
    if any(village_in(heading.text, villages) for heading in sheet.headings):
        return Given("heading")
    if found := village_in(sheet.name, villages):
        return Given("sheet", found[0])
    titles = [] if own else [found for title in sheet.titles if (found := village_in(title, villages))]
    return Given("title", titles[0][0]) if len({village.code for _, village in titles}) == 1 else None


def _category(sheet: SheetTable, *, own: bool) -> Given | None:
    """What gives a category to rows without one, likewise."""
    if any(category_in(heading.text) for heading in sheet.headings):
        return Given("heading")
    if found := category_in(sheet.name):
        return Given("sheet", found[0])
    titles = [] if own else [found for title in sheet.titles if (found := category_in(title))]
    return Given("title", titles[0][0]) if len({codes for _, codes in titles}) == 1 else None


def _again(plan: SheetPlan, remembered: Sequence[SheetPlan], villages: VillageIndex) -> SheetPlan:
    """A plan with what was chosen for an earlier sheet of the same headings, one of the same name first."""
    same = [old for old in remembered if _alike(old.headers) == _alike(plan.headers) and _usable(old)]
    if not same:
        return plan
    old = max(same, key=lambda old: old.sheet == plan.sheet)
    plan = replace(plan, columns=old.columns, birth_from_identity=old.birth_from_identity, unsure=old.unsure)
    if old.sheet != plan.sheet:
        return replace(plan, take=True if plan.take is None and old.take and not _hidden(plan) else plan.take)
    village = old.village if _chosen(old.village) and old.village and villages.find(old.village.text) else plan.village
    return replace(
        plan, take=old.take, village=village, category=old.category if _chosen(old.category) else plan.category
    )


def _hidden(plan: SheetPlan) -> bool:
    """Whether a plan waits for a decision although it has names: its sheet is hidden."""
    return plan.take is None and "name" in plan.columns


def _usable(old: SheetPlan) -> bool:
    return all(column < len(old.headers) for columns in old.columns.values() for column in columns)


def _chosen(given: Given | None) -> bool:
    return given is not None and given.source == "choice"


def _alike(headers: Sequence[str]) -> tuple[str, ...]:
    return tuple("".join(unicodedata.normalize("NFKC", heading).split()) for heading in headers)


def open_questions(
    workbook: LedgerWorkbook, plans: Sequence[SheetPlan], villages: Sequence[VillageName]
) -> tuple[Question, ...]:
    """What is still to be decided, sheet by sheet; about a sheet not to be taken nothing is asked.

    Raises PlanError when the plans are not those of this workbook's sheets.
    """
    if [plan.sheet for plan in plans] != [sheet.name for sheet in workbook.sheets]:
        raise PlanError(Text("保存的读法不是这份文件的。", "The stored way of reading is not that of this file."))
    index = VillageIndex(villages)
    return tuple(
        question
        for sheet, plan in zip(workbook.sheets, plans, strict=True)
        for question in _questions(sheet, plan, index)
    )


def _questions(sheet: SheetTable, plan: SheetPlan, villages: VillageIndex) -> Iterator[Question]:
    if plan.take is False:
        return
    place = _place(sheet.name)
    if plan.take is None:
        code: QuestionCode = "hidden-sheet" if sheet.hidden else "no-name-column"
        sentence = _hidden_sheet(place, len(sheet.rows)) if sheet.hidden else _no_names(place)
        yield Question(code, sheet.name, sentence, f"--sheet '{_prefix(sheet.name, '=')}take|leave'")
        if not sheet.hidden:
            return
    if plan.hidden_rows is None and sheet.hidden_rows:
        option = f"--hidden-rows '{_prefix(sheet.name, '=')}take|leave'"
        yield Question("hidden-rows", sheet.name, _hidden_rows(place, sheet.hidden_rows), option)
    yield from _about_columns(sheet, plan, place)
    yield from _about_givens(sheet, plan, villages, place)


def _about_columns(sheet: SheetTable, plan: SheetPlan, place: Text) -> Iterator[Question]:
    for name, columns in plan.columns.items():
        option = _column_option(sheet.name, name)
        if any(column >= len(sheet.headers) for column in columns):
            yield Question("no-column", sheet.name, _no_column(place, FIELDS[name].label), option, name)
        elif len(columns) > 1 and name not in SEVERAL:
            named = _columns_named(columns, sheet.headers)
            yield Question("two-columns", sheet.name, _two_columns(place, FIELDS[name].label, named), option, name)
    for name in plan.unsure:
        if name in plan.columns:
            named = _columns_named(plan.columns[name], sheet.headers)
            option = _column_option(sheet.name, name, none=True)
            yield Question("whose-telephone", sheet.name, _whose(place, named), option, name)
    if plan.take and "name" not in plan.columns:
        yield Question(
            "no-column", sheet.name, _no_column(place, FIELDS["name"].label), _column_option(sheet.name, "name"), "name"
        )


def _about_givens(sheet: SheetTable, plan: SheetPlan, villages: VillageIndex, place: Text) -> Iterator[Question]:
    village, category = plan.village, plan.category
    if "village" not in plan.columns and not _stands(village, lambda text: villages.find(text) is not None):
        option = f"--village '{_prefix(sheet.name, '=')}…'"
        yield Question("no-village", sheet.name, _not_found(place, FIELDS["village"].label), option, "village")
    if "categories" not in plan.columns and not _stands(category, lambda text: codes_of(text) is not None):
        option = f"--category '{_prefix(sheet.name, '=')}…'"
        yield Question("no-category", sheet.name, _not_found(place, FIELDS["categories"].label), option, "categories")


def _stands(given: Given | None, known: Callable[[str], bool]) -> bool:
    return given is not None and (given.source == "heading" or known(given.text))


def answer(plans: Sequence[SheetPlan], option: str, value: str) -> tuple[SheetPlan, ...]:
    """The plans with one option of the command line applied; raises PlanError for a value that is none.

    Options are "sheet", "hidden-rows", "column", "village" and "category"; a value names the sheet before 「=」, and a
    column as 「sheet:field=number」, from 1, or 「-」 for no column. Without a sheet's name the value holds for all.
    """
    target, _, chosen = value.rpartition("=")
    field = ""
    if option == "column":
        target, _, field = target.rpartition(":")
    if target not in ("", *(plan.sheet for plan in plans)):
        raise PlanError(Text(f"没有工作表「{target[:20]}」。", f"There is no sheet “{target[:20]}”."))
    return tuple(
        _answered(plan, option, field, chosen.strip()) if target in ("", plan.sheet) else plan for plan in plans
    )


def _answered(plan: SheetPlan, option: str, field: str, chosen: str) -> SheetPlan:
    if option == "sheet" and chosen in ("take", "leave"):
        return replace(plan, take=chosen == "take")
    if option == "hidden-rows" and chosen in ("take", "leave"):
        return replace(plan, hidden_rows="take" if chosen == "take" else "leave")
    if option == "village" and chosen:
        return replace(plan, village=Given("choice", chosen))
    if option == "category" and codes_of(chosen) is not None:
        return replace(plan, category=Given("choice", chosen))
    if option == "column" and field in FIELDS:
        return with_columns(plan, field, () if chosen == NONE else _numbers(chosen))
    raise PlanError(Text(f"看不懂 --{option} 的值。", f"The value of --{option} is not understood."))


def _numbers(chosen: str) -> tuple[int, ...]:
    """Columns from 0, from numbers from 1 with commas between."""
    numbers = [part.strip() for part in chosen.split(",")]
    if not all(number.isascii() and number.isdigit() and 1 <= int(number) <= 16_384 for number in numbers):
        raise PlanError(Text("栏目要写从 1 起的序号。", "A column is given by its number, from 1."))
    return tuple(dict.fromkeys(int(number) - 1 for number in numbers))


def with_columns(plan: SheetPlan, field: str, columns: Sequence[int]) -> SheetPlan:
    """A plan with these columns for a field, taken from any other field; no columns means that the sheet has none."""
    others = {
        name: tuple(column for column in several if column not in columns)
        for name, several in plan.columns.items()
        if name != field
    }
    chosen: Mapping[str, tuple[int, ...]] = {name: several for name, several in others.items() if several}
    chosen = {**chosen, field: tuple(columns)} if columns else chosen
    take = True if field == "name" and columns and plan.take is None and "name" not in plan.columns else plan.take
    unsure = tuple(name for name in plan.unsure if name != field)
    return replace(plan, columns=dict(sorted(chosen.items())), unsure=unsure, take=take)


def _prefix(sheet: str, mark: str) -> str:
    return f"{sheet}{mark}" if sheet else ""


def _column_option(sheet: str, name: str, *, none: bool = False) -> str:
    return f"--column '{_prefix(sheet, ':')}{name}=" + (f"N|{NONE}'" if none else "N'")


def _place(sheet: str) -> Text:
    return Text(f"工作表「{sheet[:20]}」", f"The sheet “{sheet[:20]}”") if sheet else Text("文件", "The file")


def _columns_named(columns: Sequence[int], headers: Sequence[str]) -> Text:
    return all_of(
        Text(f"第 {column + 1} 栏「{headers[column][:20]}」", f"column {column + 1} “{headers[column][:20]}”")
        for column in columns
    )


def _hidden_sheet(place: Text, rows: int) -> Text:
    return Text(
        f"{place.zh}是隐藏的，有 {rows} 行。要不要列入？",
        f"{place.en} is hidden and has {rows} rows. Is it to be taken?",
    )


def _no_names(place: Text) -> Text:
    return Text(
        f"{place.zh}没有姓名栏，可能不是名单。要不要列入？",
        f"{place.en} has no column of names and may be no list of people. Is it to be taken?",
    )


def _hidden_rows(place: Text, numbers: Sequence[int]) -> Text:
    where = rows_named(numbers)
    return Text(
        f"{place.zh}有 {len(numbers)} 行是隐藏或筛掉的（{where.zh}）。要不要列入？",
        f"{place.en} has hidden or filtered rows: {len(numbers)} ({where.en}). Are they to be taken?",
    )


def _no_column(place: Text, label: Text) -> Text:
    return Text(f"{place.zh}里哪一栏是「{label.zh}」？", f"{place.en}: which column is “{label.en}”?")


def _two_columns(place: Text, label: Text, named: Text) -> Text:
    return Text(
        f"{place.zh}里有几栏像「{label.zh}」：{named.zh}。用哪一栏？",
        f"{place.en} has several columns that may be “{label.en}”: {named.en}. Which one is to be used?",
    )


def _whose(place: Text, named: Text) -> Text:
    return Text(
        f"{place.zh}的{named.zh}挨着别人的姓名。是不是服务对象本人的电话？",
        f"{place.en}: {named.en} stands beside another person's name. Is it the telephone of the person listed?",
    )


def _not_found(place: Text, label: Text) -> Text:
    return Text(
        f"{place.zh}里没有「{label.zh}」这一栏，表名、标题和小标题里也没有。是什么？",
        f"{place.en} has no column “{label.en}”, and neither its name nor its titles and headings give it. What is it?",
    )
