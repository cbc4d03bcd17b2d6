"""Documents delivered with the application; one that does not have its published digest is refused."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from sampling.canonical import digest_of


class EditedDocument(RuntimeError):
    """A delivered document does not have the digest it was published under."""


class UnknownDocument(LookupError):
    """No document of that id and version is delivered."""


@cache
def digests(kind: str) -> dict[str, str]:
    """File stem → digest for one kind ("questionnaires", "schemes", "outcomes", "integrity")."""
    by_stem: dict[str, str] = json.loads(files("surveys.documents").joinpath(kind, "DIGESTS.json").read_text("utf-8"))
    return by_stem


def body(kind: str, document_id: str, version: int) -> Any:
    """The JSON of a delivered document; raises UnknownDocument or EditedDocument."""
    stem = f"{document_id}-{version}"
    if stem not in digests(kind):
        raise UnknownDocument(f"{kind}: {stem}")
    document = json.loads(files("surveys.documents").joinpath(kind, f"{stem}.json").read_text("utf-8"))
    if digest_of(document) != digests(kind)[stem]:
        raise EditedDocument(f"{kind}/{stem}.json was edited; publish the change under a new version")
    return document


def bodies(kind: str) -> tuple[Any, ...]:
    """The JSON of every delivered document of a kind, by id and version; raises EditedDocument."""
    named = sorted((stem.rpartition("-")[0], int(stem.rpartition("-")[2])) for stem in digests(kind))
    return tuple(body(kind, document_id, version) for document_id, version in named)
