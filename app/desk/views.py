"""The views at the left of the desk: the same lists for everybody, each a set of filters with an address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.cases.queue import COUNT_STOP, NOBODY, Filters
from app.core.actor import Actor, Permission

MINE, TASKS = "mine", "tasks"


@dataclass(frozen=True, slots=True)
class View:
    """A standing list: its title, icon, and filters for a reader at an instant (`day` ends today)."""

    title: LazyString
    icon: str
    filters: Callable[[Actor, datetime, datetime], Filters]
    permission: Permission = Permission.READ_CASES


@dataclass(frozen=True, slots=True)
class RailView:
    """One line at the left. `key` opens it after g."""

    name: str
    title: LazyString
    icon: str
    count: str
    current: bool
    address: str
    key: str


VIEWS: Mapping[str, View] = {
    MINE: View(
        _l("Mine and unassigned"), "inbox",
        lambda actor, _at, _day: Filters(assignees=(str(actor.id), NOBODY, *sorted(map(str, actor.covers)))),
    ),
    "urgent": View(_l("Urgent"), "zap", lambda _actor, _at, _day: Filters(urgency="urgent")),
    "today": View(_l("Due today"), "clock", lambda _actor, _at, day: Filters(due_before=day)),
    "new": View(_l("New"), "mail", lambda _actor, _at, _day: Filters(status="new")),
    "waiting": View(
        _l("Awaiting information"), "hourglass", lambda _actor, _at, _day: Filters(status="awaiting_information")
    ),
    "review": View(_l("In review"), "check", lambda _actor, _at, _day: Filters(status="in_review")),
    "open": View(_l("All open"), "list", lambda _actor, _at, _day: Filters()),
    "deceased": View(
        _l("Deceased"), "info", lambda _actor, _at, _day: Filters(status="deceased"), Permission.REOPEN_DECEASED
    ),
}  # fmt: skip


def rail(counted: Mapping[str, int], tasks: int | None, current: str | None) -> tuple[RailView, ...]:
    """The lines with their counts: exact to 99, then 99+. Tasks are of who works on cases (None: nobody's)."""
    lines = [
        RailView(
            name, view.title, view.icon, count_words(counted[name]), name == current,
            url_for("desk.queue", view=name), name[0],
        )
        for name, view in VIEWS.items()
        if name in counted
    ]  # fmt: skip
    if tasks is not None:
        mine = RailView(TASKS, _l("My tasks"), "note", count_words(tasks), current == TASKS, url_for("desk.tasks"), "k")
        lines.insert(1, mine)
    return tuple(lines)


def count_words(count: int) -> str:
    """Exact to 99."""
    return "99+" if count >= COUNT_STOP else str(count)
