"""Filters in the address: each is one documented column with a closed vocabulary; anything else is left out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.cases.domain import Kind, Status, Urgency
from app.cases.queue import NOBODY, Filters
from app.codes.languages import LANGUAGES
from app.core.actor import Actor
from app.desk.timeline import program_names
from app.desk.views import MINE, VIEWS
from app.desk.words import DISEASE_GROUP_WORDS, KIND_WORDS, STATUS_WORDS, URGENCY_WORDS

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
class FilterView:
    """One filter: its name, its values with their words, and which is chosen."""

    name: str
    title: str
    options: tuple[tuple[str, str], ...]
    chosen: str


def asked_for(arguments: Mapping[str, str]) -> dict[str, str]:
    """What of an address belongs to the queue: view and filters, without what is empty or strange."""
    return {name: arguments[name] for name in ("view", "snoozed", *TITLES) if 0 < len(arguments.get(name, "")) < 60}


def standard_view(asked: Mapping[str, str]) -> str:
    """The view that an address names; a filter alone means all open cases."""
    named = asked.get("view", "")
    if named in VIEWS:
        return named
    return "open" if asked else MINE


def end_of_day(at: datetime, zone: ZoneInfo) -> datetime:
    """Midnight that ends the program's day."""
    local = at.astimezone(zone)
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def read_filters(asked: Mapping[str, str], view: str, actor: Actor, at: datetime, zone: ZoneInfo) -> Filters:
    """The view's filters, narrowed by the address."""
    filters = VIEWS[view].filters(actor, at, end_of_day(at, zone))
    for name, known in vocabularies({}, tuple(actor.grants)).items():
        value = asked.get(name, "")
        if name != "assignee" and value in known:
            filters = replace(filters, **{name: value})  # type: ignore[arg-type]  # names of str fields only
    assignee = asked.get("assignee", "")
    if assignee == NOBODY or is_id(assignee):
        filters = replace(filters, assignees=(assignee,))
    return replace(filters, snoozed=bool(asked.get("snoozed")))


def contradicts(filters: Filters, view: Filters) -> bool:
    """Whether an address asked for something else than what its view is about."""
    return any(wanted and getattr(filters, name) != wanted for name, wanted in asdict(view).items())


def is_id(text: str) -> bool:
    """Whether a text is a person's id."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def vocabularies(people: Mapping[uuid.UUID, str], programs: Sequence[str]) -> dict[str, dict[str, str]]:
    """Each filter's values with their words."""
    names = program_names()
    return {
        "status": {str(code): str(STATUS_WORDS[code]) for code in Status},
        "urgency": {str(code): str(URGENCY_WORDS[code]) for code in Urgency},
        "kind": {str(code): str(KIND_WORDS[code]) for code in Kind},
        "assignee": {NOBODY: _("Nobody"), **{str(key): name for key, name in people.items()}},
        "language": {language.tag: language.english for language in LANGUAGES},
        "disease_group": {code: str(words) for code, words in DISEASE_GROUP_WORDS.items()},
        "program": {code: names.get(code, code) for code in programs},
    }


def filter_views(
    asked: Mapping[str, str], people: Mapping[uuid.UUID, str], programs: Sequence[str]
) -> tuple[FilterView, ...]:
    """Every filter that has more than one value."""
    return tuple(
        FilterView(name, str(TITLES[name]), tuple(values.items()), asked.get(name, ""))
        for name, values in vocabularies(people, programs).items()
        if len(values) > 1
    )
