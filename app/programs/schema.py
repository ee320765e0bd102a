"""How a class of plain data becomes a part of the schema of a program folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

Class = TypeVar("Class")


@dataclass_transform(frozen_default=True)
def stored(plain: type[Class]) -> type[Class]:
    """A frozen dataclass that a folder's file is read into; a field that it does not know is refused."""
    plain.__pydantic_config__ = {"extra": "forbid"}  # type: ignore[attr-defined]  # read by the validator
    return dataclass(frozen=True, slots=True)(plain)
