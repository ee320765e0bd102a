"""Reads a program folder's YAML into the types of `domain`, remembering the line of every value.

YAML 1.2, so that `NO` is Norway and 08:00 is an hour. Every fault has a file, a line and a sentence that says the mend.
"""

from __future__ import annotations

import difflib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, TypeVar, get_type_hints

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

Path = tuple[str | int, ...]
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: where, and what to do."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.sentence}"


@dataclass(slots=True)
class Source:
    """One file as plain data, with the line of each value by its path."""

    file: str
    data: Any
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of a value, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, path: Path, sentence: str) -> Fault:
        """A fault at a value."""
        return Fault(self.file, self.line(path), sentence)


class WithoutDates(RoundTripConstructor):
    """Leaves a day as it is written: the type that it is read into says what is wrong with it."""


WithoutDates.add_constructor("tag:yaml.org,2002:timestamp", RoundTripConstructor.construct_scalar)


def read(file: str, content: bytes) -> tuple[Source, list[Fault]]:
    """Parse one file. What YAML itself refuses has a line too."""
    yaml = YAML(typ="rt", pure=True)
    yaml.version = (1, 2)
    yaml.Constructor = WithoutDates
    try:
        text = content.decode("utf-8")
        if "&" in text or "*" in text:
            anchored = next((event for event in yaml.parse(io.StringIO(text)) if getattr(event, "anchor", None)), None)
            if anchored is not None:
                line = anchored.start_mark.line + 1
                return Source(file, {}), [
                    Fault(file, line, "Write the value out: one that refers to another (& and *) is not read.")
                ]
        data = yaml.load(text)
    except MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        problem = (wrong.problem or "this is not YAML").splitlines()[0]
        return Source(file, {}), [
            Fault(file, mark.line + 1 if mark else 1, f"This cannot be read: {problem}. Mend the line or take it out.")
        ]
    except (YAMLError, ValueError, RecursionError) as wrong:
        return Source(file, {}), [
            Fault(file, 1, f"This cannot be read ({type(wrong).__name__}): save it as YAML in UTF-8.")
        ]
    source = Source(file, None)
    source.data = plain(data, (), source.lines)
    return source, []


def plain(value: Any, path: Path, lines: dict[Path, int]) -> Any:  # noqa: ANN401  a type or a value of any kind
    """Maps, lists and scalars without the parser's own types; fills in the lines."""
    if isinstance(value, CommentedMap):
        for key in value:
            lines[(*path, key)] = value.lc.data[key][0] + 1 if key in (value.lc.data or {}) else lines.get(path, 1)
        return {key: plain(item, (*path, key), lines) for key, item in value.items()}
    if isinstance(value, CommentedSeq):
        for index in range(len(value)):
            lines[(*path, index)] = value.lc.data[index][0] + 1
        return [plain(item, (*path, index), lines) for index, item in enumerate(value)]
    if isinstance(value, str):
        return str(value)
    return value


def made(source: Source, wanted: type[Made], path: Path = ()) -> tuple[Made | None, list[Fault]]:
    """The value at a path as a type of `domain`, or every fault in it."""
    data = source.data
    for step in path:
        data = data[step]
    try:
        return adapter(wanted).validate_python(data), []
    except ValidationError as wrong:
        return None, [fault_of(source, wanted, path, dict(one)) for one in wrong.errors(include_url=False)]


ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def adapter(wanted: Any) -> TypeAdapter[Any]:  # noqa: ANN401  a type or a value of any kind
    """The validator of a type, made once; unknown fields are refused everywhere."""
    if wanted not in ADAPTERS:
        ADAPTERS[wanted] = TypeAdapter(wanted)
    return ADAPTERS[wanted]


def fault_of(source: Source, wanted: Any, path: Path, error: Mapping[str, Any]) -> Fault:  # noqa: ANN401  a type or a value of any kind
    """A validator's complaint as a sentence that says the mend."""
    where = tuple(step for step in error["loc"] if not (isinstance(step, str) and step == "[key]"))
    place = (*path, *where)
    name = ".".join(str(step) for step in where) or "the file"
    kind, value = error["type"], error.get("input")
    if kind == "missing":
        return source.fault(place[:-1], f"`{name}` is missing. Add it.")
    if kind in {"unexpected_keyword_argument", "extra_forbidden"}:
        return source.fault(place, f"`{name}` is not a field here. {meant(wanted, where)}")
    return source.fault(place, f"`{name}` {expected(kind, error, value)}")


def meant(wanted: Any, where: Sequence[Any]) -> str:  # noqa: ANN401  a type or a value of any kind
    """Take it out, or the field that was meant."""
    near = difflib.get_close_matches(str(where[-1]), sorted(known_names(wanted)), 1)
    return f"Write `{near[0]}`, if that was meant, or take it out." if near else "Take it out."


def known_names(wanted: Any, seen: set[Any] | None = None) -> set[str]:  # noqa: ANN401  a type or a value of any kind
    """Every field's name in a type and the types below it."""
    seen = set() if seen is None else seen
    if wanted in seen:
        return set()
    seen.add(wanted)
    if is_dataclass(wanted):
        below = get_type_hints(wanted).values()
        return {one.name for one in fields(wanted)} | {name for hint in below for name in known_names(hint, seen)}
    return {name for part in getattr(wanted, "__args__", ()) for name in known_names(part, seen)}


def expected(kind: str, error: Mapping[str, Any], value: Any) -> str:  # noqa: ANN401  a type or a value of any kind
    """What must stand there instead."""
    shown = f"is {value!r}." if isinstance(value, str | int | float | bool) else "is something else."
    if kind in {"literal_error", "enum"}:
        return f"{shown} Write one of: {error.get('ctx', {}).get('expected', '')}."
    for beginning, mend in MENDS.items():
        if kind.startswith(beginning):
            return f"{shown} {mend}"
    return f"{shown} {error['msg']}."


MENDS = {
    "string": "Write text; put it in quotes if it looks like a number or a date.",
    "int": "Write a whole number.",
    "bool": "Write true or false.",
    "date": "Write a day, as 2026-11-01.",
    "time": 'Write an hour in quotes, as "08:00".',
    "tuple": "Write a list: a line with a dash for each.",
    "mapping": "Write names with a value each.",
    "dict": "Write names with a value each.",
    "dataclass": "Write its fields below it, a line each.",
}
