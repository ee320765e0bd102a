"""A folder's files as types with their sources, and what every check of them shares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.programs.domain import Folder, LabelFact, Program, Routing
from app.programs.reading import Fault, Path, Source
from app.programs.texts import Texts

CODE = re.compile(r"^[a-z][a-z0-9_]{0,38}$")
TEL = re.compile(r"^tel:\+[0-9]{6,15}$")

Questions = Mapping[str, Mapping[str, bool]]  # by door: each question, and whether it is always required


@dataclass(frozen=True, slots=True)
class Read:
    """A folder's files as types, with their sources, before anybody looked at them together."""

    folder: Folder
    folder_source: Source
    programs: tuple[tuple[Program, Source], ...]
    routing: Routing
    routing_source: Source
    labels: tuple[LabelFact, ...]
    labels_source: Source
    texts: Mapping[str, tuple[Texts, Source]]
    files: Mapping[str, bytes]


def repeated(source: Source, path: Path, values: Iterable[str], name: str | None) -> Iterator[Fault]:
    """Values that must differ."""
    before: set[str] = set()
    for index, value in enumerate(values):
        if value in before:
            where: Path = (*path, index) if name is None else (*path, index, name)
            yield source.fault(
                where, f"{value!r} stands here twice. Take one out, or give it another {name or 'value'}."
            )
        before.add(value)
