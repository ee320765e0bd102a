"""How tasks read: what is to be done, by whom, by when, and which are overdue."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.cases.days import tomorrow
from app.cases.story import Story
from app.cases.tasks import BY_HAND, TaskView
from app.core.actor import Actor
from app.desk.contacts import party_name, role_words
from app.desk.presenters import due_words, full_name
from app.programs.service import calendar_of

MADE_WORDS: Mapping[str, LazyString] = {
    "translate": _l("Translate a message"),
    "interpreter_call": _l("Call with an interpreter"),
    "call_with_receipt": _l("Call: no receipt could be sent"),
}


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One open task, ready to print."""

    id: str
    words: str
    more: str
    who: str
    due: str
    overdue: bool
    child: str
    reference: str
    silent: bool  # nobody may call or write to them now


@dataclass(frozen=True, slots=True)
class TaskCard:
    """The open tasks of a case, and what a new one begins with."""

    lines: tuple[TaskLine, ...]
    people: tuple[tuple[str, str], ...]
    me: str
    day: str


def task_card(
    tasks: Sequence[TaskView], story: Story, people: Mapping[uuid.UUID, str], actor: Actor, at: datetime, zone: ZoneInfo
) -> TaskCard:
    """The card of a case. A new task is for its maker and the next business day until somebody says otherwise."""
    parties = {one.row.id: party_name(one) or role_words(one) for one in story.parties}
    return TaskCard(
        task_lines(tasks, people, at, zone, parties), tuple((str(key), name) for key, name in people.items()),
        str(actor.id or ""), tomorrow(calendar_of(story.case.program), at).isoformat(),
    )  # fmt: skip


def task_lines(
    tasks: Sequence[TaskView], people: Mapping[uuid.UUID, str], at: datetime, zone: ZoneInfo,
    parties: Mapping[uuid.UUID, str] | None = None,
) -> tuple[TaskLine, ...]:  # fmt: skip
    """Each task in words."""
    return tuple(task_line(one, people, at, zone, parties or {}) for one in tasks)


def task_line(
    task: TaskView, people: Mapping[uuid.UUID, str], at: datetime, zone: ZoneInfo, parties: Mapping[uuid.UUID, str]
) -> TaskLine:
    """One task. What the app made is worded here; what somebody wrote into it stands beside that."""
    row = task.row
    made = made_words(row.kind, parties.get(row.party_id, "") if row.party_id else "")
    return TaskLine(
        id=str(row.id), words=made or task.words, more=task.words if made else "",
        who=people.get(row.assignee_id, "") if row.assignee_id else "", due=due_words(row.due_at, at, zone),
        overdue=row.due_at < at, child=full_name(task.child), reference=task.case.reference,
        silent=task.case.contact_stop or task.case.contact_held_at is not None,
    )  # fmt: skip


def made_words(kind: str, whom: str = "") -> str:
    """What the app asks for by itself; nothing for a task that somebody wrote."""
    if kind == BY_HAND:
        return ""
    says = str(MADE_WORDS.get(kind, kind))
    return _("%(task)s: %(whom)s", task=says, whom=whom) if whom else says
