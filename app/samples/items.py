"""The shipped synthetic submissions as somebody would type them: answers by the names of the forms' controls."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data" / "submissions.json"
WHOLE = ("referrer_given_name", "referrer_family_name", "back_line_phone", "direct_address", "chemo_lines")
REFERRER_OWN = ("credential", "npi", "specialty_taxonomy", "practice_name")
# Groups of the file and what stands before their names in the form.
PREFIXES = {"referrer": "referrer_", "patient": "patient_", "insurance": "insurance_", "records": "record_", "prior_therapies": "prior_"}  # fmt: skip
FAMILY_OWN = ("guardian_name", "guardian_phone", "preferred_language", "interpreter_needed")


@dataclass(frozen=True, slots=True)
class Item:
    """One submission of the file; `expect` is what a right app concludes, never form input."""

    id: str
    kind: str
    submitted_at: datetime
    answers: dict[str, list[str]]
    expect: Mapping[str, Any]
    fields: Mapping[str, Any]


def items() -> tuple[date, tuple[Item, ...]]:
    """The day that the file counts from, and its submissions."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    return date.fromisoformat(data["reference_date"]), tuple(item_of(one) for one in data["submissions"])


def item_of(one: Mapping[str, Any]) -> Item:
    """One submission, typed."""
    kind = "referral" if "referral" in str(one["kind"]) else "inquiry"
    answers = dict(control for name, value in leaves(one["fields"]) for control in controls(name, value))
    return Item(one["id"], kind, datetime.fromisoformat(one["submitted_at"]), answers, one["expect"], one["fields"])


def leaves(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Each field by its name in the form."""
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from ((name_in(name, inner), leaf) for inner, leaf in value.items())
        else:
            yield name, value


def name_in(group: str, name: str) -> str:
    """The form's name of a field inside a group of the file."""
    if name in (*WHOLE, *REFERRER_OWN, *FAMILY_OWN) or name.startswith(PREFIXES[group]):
        return name
    return PREFIXES[group] + name


def controls(name: str, value: Any) -> Iterator[tuple[str, list[str]]]:  # noqa: ANN401  a leaf of JSON
    """What stands in the controls of one field; nothing for nothing."""
    if value is None:
        return
    if name in {"child_dob", "patient_dob"}:
        born = date.fromisoformat(value)
        parts = (born.strftime("%B"), str(born.day), str(born.year))
        yield from ((f"{name}-{part}", [text]) for part, text in zip(("month", "day", "year"), parts, strict=True))
    elif isinstance(value, list):
        yield name, [str(one) for one in value]
    else:
        yield name, [{True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)]
