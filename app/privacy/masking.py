"""Masked forms of names, telephones and addresses."""

from __future__ import annotations


def mask_phone(number: str) -> str:
    """First three and last four digits: 199****0001; a short number keeps its last two."""
    if len(number) < 8:
        return "*" * max(len(number) - 2, 0) + number[-2:]
    return f"{number[:3]}****{number[-4:]}"


def mask_name(name: str) -> str:
    """The first character and a star for each further one: 陈**."""
    return name[:1] + "*" * (len(name) - 1)


def mask_address(_address: str) -> str:
    """Stars only: any part of an address can identify a house."""
    return "******"
