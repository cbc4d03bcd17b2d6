"""Sentences that several readers of documents have in common."""

from __future__ import annotations

from collections.abc import Iterable

from sampling.text import Text, joined

TRUE_OR_FALSE = Text("应为 true 或 false。", "Write true or false.")
EMPTY_LIST = Text("列表是空的。", "The list is empty.")


def between(low: object, high: object) -> Text:
    """What is wrong with a whole number out of bounds."""
    return Text(f"应为 {low} 到 {high} 之间的整数。", f"Write a whole number from {low} to {high}.")


def out_of(values: Iterable[str]) -> Text:
    """What is wrong with a word that is none of these."""
    allowed = joined(values)
    return Text(f"应为 {allowed.zh} 之一。", f"Write one of {allowed.en}.")


def more_than(most: int) -> Text:
    """What is wrong with a list that is too long."""
    return Text(f"超过 {most} 项。", f"There are more than {most} entries.")


def twice(value: str, name: Text) -> Text:
    """What is wrong with a value used twice.

    >>> twice("a", Text("代码", "The code")).zh
    '代码「a」用了两次。'
    """
    return Text(f"{name.zh}「{value}」用了两次。", f'{name.en} "{value}" is used twice.')


def shown(name: object) -> str:
    """A name out of somebody's document, short and printable, fit to be quoted in a message."""
    return "".join(sign for sign in str(name)[:40] if sign.isprintable())[:20]
