"""A record of the checklist as a row: what it is, who has it, where it stands and who said so, when it was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.cases.checklist_domain import OWED, ItemState
from app.cases.models_checklist import ChecklistItem
from app.cases.story import EventView, Story
from app.desk.contacts import party_name, role_words
from app.desk.presenters import due_words, moment
from app.desk.records_words import OWNER_WORDS, STATE_WORDS
from app.records.checklist_view import item_words

ASKED = {"records_asked", "records_chased"}


@dataclass(frozen=True, slots=True)
class RowView:
    """One record, ready to print."""

    item: str
    words: str
    needed: bool
    owner: str
    state: str
    state_words: str
    open: bool
    why: str
    history: tuple[str, ...]


def row_views(rows: Sequence[ChecklistItem], story: Story, at: datetime, zone: ZoneInfo) -> tuple[RowView, ...]:
    """Needed ones first, each in the folder's order."""
    return tuple(row_view(row, story, at, zone) for row in sorted(rows, key=lambda one: not one.needed))


def row_view(row: ChecklistItem, story: Story, at: datetime, zone: ZoneInfo) -> RowView:
    """One record."""
    party = next((one for one in story.parties if one.row.id == row.party_id), None)
    owner = str(OWNER_WORDS.get(row.owner, row.owner))
    name = party_name(party)
    return RowView(
        item=row.item, words=item_words(row.item), needed=row.needed,
        owner=f"{name}, {role_words(party)}" if name else owner, state=row.state,
        state_words=str(STATE_WORDS[ItemState(row.state)]), open=row.state in OWED, why=why(row, story, at, zone),
        history=history(row, story, at, zone),
    )  # fmt: skip


def why(row: ChecklistItem, story: Story, at: datetime, zone: ZoneInfo) -> str:
    """Who marked it, when, and the reason where there is one."""
    marked = [one for one in story.events if one.row.kind == "record_marked" and one.row.subject_id == row.id]
    if not marked or row.how == "form":
        return _("said on the form") if row.how == "form" and row.state != ItemState.MISSING else ""
    last = marked[-1]
    by = (
        _("a file stands on it")
        if row.how == "file" and row.state == ItemState.RECEIVED
        else story.people.get(last.row.actor_id, "")
        if last.row.actor_id
        else ""
    )
    reason = last.detail.get("reason", "") if isinstance(last.detail, dict) else ""
    return ", ".join(filter(None, (by, moment(last.row.at, at, zone)))) + (f": {reason}" if reason else "")


def history(row: ChecklistItem, story: Story, at: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """When it was asked for, and when it is next."""
    lines = [
        f"{_('asked') if one.row.kind == 'records_asked' else _('asked again')} {moment(one.row.at, at, zone)}"
        for one in story.events
        if one.row.kind in ASKED and row.item in items_in(one)
    ]
    if row.state in OWED and row.due_at and (row.needed or row.asked_at):
        lines.append(_("due %(due)s", due=due_words(row.due_at, at, zone)))
    return tuple(lines)


def items_in(event: EventView) -> Sequence[str]:
    """The records that a request named."""
    return event.detail.get("items", ()) if isinstance(event.detail, dict) else ()
