"""Filters in the address: each is one documented column with a closed vocabulary; anything else is left out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.cases.domain import Kind, Status, Urgency
from app.cases.queue import NOBODY, Filters
from app.codes.languages import LANGUAGES
from app.core.actor import Actor
from app.desk.views import MINE, VIEWS
from app.desk.words import DISEASE_GROUP_WORDS, KIND_WORDS, STATUS_WORDS, URGENCY_WORDS
from app.programs.service import current_program

NAMES = ("status", "urgency", "kind", "assignee", "language", "disease_group", "program")
TITLES = {
    "status": _l("Status"),
    "urgency": _l("Urgency"),
    "kind": _l("Kind"),
    "assignee": _l("With"),
    "language": _l("Language"),
    "disease_group": _l("Disease group"),
    "program": _l("Program"),
}


@dataclass(frozen=True, slots=True)
class OptionView:
    """One value of a filter, and the address that chooses it."""

    label: str
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FilterView:
    """One filter: its name, what is chosen, its values."""

    name: str
    title: str
    chosen: str | None
    options: tuple[OptionView, ...]


def standard_view(arguments: Mapping[str, str]) -> str:
    """The view that an address names; a filter alone means all open cases."""
    named = arguments.get("view", "")
    if named in VIEWS:
        return named
    return "open" if any(arguments.get(name) for name in NAMES) else MINE


def end_of_day(at: datetime, zone: ZoneInfo) -> datetime:
    """Midnight that ends the program's day."""
    local = at.astimezone(zone)
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def read_filters(arguments: Mapping[str, str], view: str, actor: Actor, at: datetime, zone: ZoneInfo) -> Filters:
    """The view's filters, narrowed by the address."""
    filters = VIEWS[view].filters(actor, at, end_of_day(at, zone))
    for name, known in vocabularies({}, tuple(actor.grants)).items():
        value = arguments.get(name, "")
        if name != "assignee" and value in known:
            filters = replace(filters, **{name: value})
    assignee = arguments.get("assignee", "")
    if assignee == NOBODY or is_id(assignee):
        filters = replace(filters, assignees=(assignee,))
    return filters


def is_id(text: str) -> bool:
    """Whether a text is a person's id."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def vocabularies(people: Mapping[uuid.UUID, str], programs: Sequence[str]) -> dict[str, dict[str, str]]:
    """Each filter's values with their words."""
    desks = {desk.code: desk.name for desk in current_program().desks}
    return {
        "status": {str(code): str(STATUS_WORDS[code]) for code in Status},
        "urgency": {str(code): str(URGENCY_WORDS[code]) for code in Urgency},
        "kind": {str(code): str(KIND_WORDS[code]) for code in Kind},
        "assignee": {NOBODY: _("Nobody"), **{str(key): name for key, name in people.items()}},
        "language": {language.tag: language.english for language in LANGUAGES},
        "disease_group": {code: str(words) for code, words in DISEASE_GROUP_WORDS.items()},
        "program": {code: desks.get(code, code) for code in programs},
    }


def filter_views(
    arguments: Mapping[str, str], people: Mapping[uuid.UUID, str], programs: Sequence[str]
) -> tuple[FilterView, ...]:
    """Every filter with its values as plain links; one value only is no filter."""
    shown = []
    kept = {name: arguments[name] for name in (*NAMES, "view") if arguments.get(name)}
    for name, values in vocabularies(people, programs).items():
        if len(values) < 2:
            continue
        chosen = kept.get(name)
        options = [OptionView(_("Any"), url_for("desk.queue", **without(kept, name)), chosen is None)]
        options += [
            OptionView(label, url_for("desk.queue", **{**kept, name: value}), chosen == value)
            for value, label in values.items()
        ]
        shown.append(FilterView(name, str(TITLES[name]), values.get(chosen or ""), tuple(options)))
    return tuple(shown)


def without(kept: Mapping[str, str], name: str) -> dict[str, str]:
    """The address with one filter less."""
    return {key: value for key, value in kept.items() if key != name}
