"""The timeline of a case: each event as one sentence, with the words that were kept beside it; the choices above it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from app.cases.decision import AGREED, TOLD
from app.cases.domain import Channel, Status, Urgency
from app.cases.events import part
from app.cases.ladder import MANAGERS, MINUTES
from app.cases.promises import Promised
from app.cases.snooze import ANSWER
from app.cases.story import EventView, Story
from app.desk import records_lines
from app.desk.contacts import outcome_words, party_name, role_words
from app.desk.presenters import exact, moment
from app.desk.task_view import made_words
from app.desk.words import CHANNEL_WORDS, STATUS_WORDS, URGENCY_WORDS
from app.programs.service import hospital
from app.records.domain import ScanState
from app.records.listing import ITEM_WORDS
from app.web.i18n import day_words

MESSAGE_LINES: Mapping[str, tuple[str, LazyString]] = {
    "message_sent": ("mail", _l("Message to %(whom)s")),
    "message_received": ("mail", _l("Message from %(whom)s")),
    "message_failed": ("alert", _l("%(whom)s was not told of a message: call them")),
    "message_translated": ("mail", _l("A message from %(whom)s was translated")),
    "messages_read": ("check", _l("%(whom)s opened their messages")),
    "no_answer_needed": ("check", _l("No answer needed to %(whom)s")),
    "interpreter_asked": ("phone", _l("Call with an interpreter asked for, to %(whom)s")),
    "codes_guessed": ("alert", _l("Somebody tried wrong codes for the page of %(whom)s again and again: call them")),
}


CHOICES: Mapping[str, LazyString] = {
    "": _l("All"), "sent": _l("What they sent"), "calls": _l("Calls"), "messages": _l("Messages"), "files": _l("Files"),
    "notes": _l("Notes"), "status": _l("Status"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line: when, icon, sentence, by whom, and the words that belong to it."""

    at: str
    at_exact: str
    icon: str
    text: str
    by: str
    words: str
    internal: bool


@dataclass(frozen=True, slots=True)
class TimelineView:
    """A part of the timeline, which lines it shows, and where the next part begins."""

    lines: tuple[Line, ...]
    chosen: str
    choices: tuple[tuple[str, str], ...]
    earlier: str
    is_newest: bool


def timeline_view(
    session: Session, story: Story, shown: str, before: uuid.UUID | None, at: datetime, zone: ZoneInfo
) -> TimelineView:
    """A part of it, newest first, with the way to every other."""
    found = part(session, story.case.id, shown=shown, before=before)
    chosen = shown if shown in CHOICES else ""
    return TimelineView(
        lines=tuple(line_of(event, story, found.people, at, zone) for event in found.events), chosen=chosen,
        choices=tuple((code, str(words)) for code, words in CHOICES.items()),
        earlier=str(found.earlier or ""), is_newest=before is None,
    )  # fmt: skip


def line_of(event: EventView, story: Story, people: Mapping[uuid.UUID, str], at: datetime, zone: ZoneInfo) -> Line:
    """One event in words."""
    row = event.row
    icon, text = sentence(event, story, people)
    return Line(
        at=moment(row.at, at, zone), at_exact=exact(row.at, zone), icon=icon, text=text,
        by=people.get(row.actor_id, "") if row.actor_id else "", words=words_of(event),
        internal=row.kind == "note_added",
    )  # fmt: skip


def sentence(event: EventView, story: Story, people: Mapping[uuid.UUID, str]) -> tuple[str, str]:
    """Icon and sentence of a kind of event."""
    row = event.row
    old, new = row.old_value or "", row.new_value or ""
    if row.kind == "status":
        words = _("Status: %(old)s → %(new)s", old=STATUS_WORDS[Status(old)], new=STATUS_WORDS[Status(new)])
        return "swap", words
    if row.kind == "undone":
        return "swap", _("Undone: %(old)s → %(new)s", old=STATUS_WORDS[Status(old)], new=STATUS_WORDS[Status(new)])
    if row.kind == "reopened":
        return "swap", _(
            "Open again, because something came from the sender: %(old)s → %(new)s",
            old=STATUS_WORDS[Status(old)], new=STATUS_WORDS[Status(new)],
        )  # fmt: skip
    if row.kind == "handed_over":
        names = program_names()
        return "swap", _("Handed over: %(old)s → %(new)s", old=names.get(old, old), new=names.get(new, new))
    if row.kind == "assigned":
        return "user", assigned_words(old, new, people)
    if row.kind in {"task_added", "task_done", "snoozed"}:
        return work_words(event, story, people)
    if row.kind == "contact_logged":
        return "phone", tried_words(old, new, event, story)
    if row.kind in records_lines.KINDS:
        return records_lines.record_line(event, sender_of(event, story))
    if row.kind in MESSAGE_LINES:
        icon, said = MESSAGE_LINES[row.kind]
        return icon, str(said) % {"whom": sender_of(event, story)}
    if row.kind.startswith("page_"):
        return "phone" if row.kind == "page_acknowledged" else "alert", page_words(row.kind, old, new)
    if row.kind == "reached_despite":
        return "alert", despite_words(new)
    if row.kind.startswith("promise_"):
        return "mail" if row.kind == "promise_told" else "alert", promise_words(row.kind, old, new)
    channel = CHANNEL_WORDS.get(Channel(new), new) if new in set(Channel) else new
    plain: dict[str, tuple[str, Any]] = {
        "inquiry_received": ("mail", _("Inquiry received by %(channel)s", channel=channel)),
        "referral_received": ("file", _("Referral received by %(channel)s", channel=channel)),
        "changed_after_sending": ("swap", _("The sender changed answers after sending")),
        "change_seen": ("check", _("The changed answers were looked at")),
        TOLD: (
            "phone",
            _("The family was told on %(day)s", day=day_words(date.fromisoformat(new)) if row.kind == TOLD else ""),
        ),
        AGREED: ("phone", _("Agreed who tells the family")),
        "number_linked": ("file", _("Our record number was linked or changed")),
        "same_number": ("alert", _("Another open case has the same record number")),
        "urgency": ("alert", urgency_words(old, new)),
        "contact_stopped": ("alert", _("Do not contact: no letter goes out")),
        "contact_held": (
            "alert",
            _("Letters wait: %(reference)s may be the same child, and is stopped", reference=new),
        ),
        "death_told": ("alert", _("Somebody says that the child has died: letters wait")),
        "hold_ended": (
            "check",
            _("What waited because of %(reference)s goes on", reference=new)
            if new
            else _("Looked at: what waited goes on"),
        ),
        "contact_allowed": ("mail", _("May be contacted again")),
        "amendment_repeated": ("swap", _("The same change came once more")),
        "snooze_ended": ("clock", _("Not snoozed any more")),
        "snooze_over": ("clock", _("Back from a snooze: its day has come")),
        "released": ("user", _("Back in the queue: the account of who had it was disabled")),
        "tasks_released": ("user", _("Its tasks are with nobody: the account of who had them was disabled")),
        "note_added": ("note", _("Internal note")),
        "file_added": (
            "file",
            _("File from %(whom)s", whom=whom) if (whom := sender_of(event, story)) else _("File added"),
        ),
        "file_sorted": ("file", _("File sorted: %(item)s", item=ITEM_WORDS.get(new, new))),
        "file_opened_unscanned": ("alert", _("A file that could not be scanned was looked at")),
        "file_scanned": (
            "alert",
            _("Malware found in a file") if new == ScanState.INFECTED else _("A file could not be scanned"),
        ),
        "receipt_sent": ("mail", _("Receipt sent by text") if new == "text" else _("Receipt sent by mail")),
        "receipt_failed": ("alert", _("The receipt could not be delivered: call them")),
    }
    icon, text = plain.get(row.kind, ("info", row.kind))
    return icon, str(text)


def urgency_words(old: str, new: str) -> str:
    """From what to what."""
    if new not in set(Urgency) or old not in set(Urgency):
        return ""
    return _("Urgency: %(old)s → %(new)s", old=URGENCY_WORDS[Urgency(old)], new=URGENCY_WORDS[Urgency(new)])


def despite_words(code: str) -> str:
    """What stood against reaching somebody, who was reached all the same."""
    against = {
        "no_consent": _("the family has not said that we may contact the doctor"),
        "family_unaware": _("the family did not know of the referral"),
        "held": _("calls and letters waited"), "silent": _("this person asked us not to"),
        "stopped": _("they asked us not to"), "died": _("the child has died"),
    }  # fmt: skip
    return _("Reached all the same, though %(against)s", against=against.get(code, code))


def program_names() -> dict[str, str]:
    """The programs of the folder in force, by code."""
    return {program.code: program.name for program in hospital().programs}


def sender_of(event: EventView, story: Story) -> str:
    """The party that something came from."""
    party = next((one for one in story.parties if one.row.id == event.row.party_id), None)
    return (party_name(party) or role_words(party)) if party else ""


def assigned_words(old: str, new: str, people: Mapping[uuid.UUID, str]) -> str:
    """Who had it, who has it."""
    names = {str(key): name for key, name in people.items()}
    if not new:
        return _("Back in the queue, from %(old)s", old=names.get(old, "?"))
    if old:
        return _("Given to %(new)s, from %(old)s", new=names.get(new, "?"), old=names.get(old, "?"))
    return _("Given to %(new)s", new=names.get(new, _("somebody")))


def work_words(event: EventView, story: Story, people: Mapping[uuid.UUID, str]) -> tuple[str, str]:
    """To whom a task was given; which one is done; until when the case is put aside."""
    row, new = event.row, event.row.new_value or ""
    if row.kind == "task_added":
        return "note", _("Task for %(name)s", name=people.get(uuid.UUID(new), "?"))
    if row.kind == "task_done":
        made = made_words(new, sender_of(event, story))
        return "check", _("Task done: %(task)s", task=made) if made else _("Task done")
    until = exact(datetime.fromisoformat(new), hospital().zone)
    if row.old_value == ANSWER:
        return "clock", _("Snoozed until they answer, until %(when)s at the latest", when=until)
    return "clock", _("Snoozed until %(when)s", when=until)


def page_words(kind: str, old: str, new: str) -> str:
    """Who was paged and how, who answered, who did not."""
    if kind == "page_sent":
        by = {"mail": _("mail"), "webhook": _("webhook"), "account": _("mail to their account")}.get(old, old)
        return _("Paged %(name)s by %(channel)s", name=new, channel=by)
    if kind == "page_failed":
        return _("Paging %(name)s failed (%(fault)s)", name=new, fault=old)
    if kind == "page_acknowledged":
        return _("Page acknowledged by %(name)s", name=new)
    if kind == "page_unanswered":
        minutes = int(new)
        words = ngettext(
            "Nobody answered the page for %(num)s minute", "Nobody answered the page for %(num)s minutes", minutes
        )
        return words if minutes < MINUTES[MANAGERS] else _("%(words)s: alarm on the desk", words=words)
    over = {
        "claimed": _("somebody has the case"), "reached": _("somebody was reached"), "ended": _("the case has ended"),
        "handed_over": _("another program has the case"), "not_urgent": _("it is not urgent any more"),
    }  # fmt: skip
    return _("No more pages: %(why)s", why=over.get(new, new))


def promise_words(kind: str, old: str, new: str) -> str:
    """Which promise, until when, and which manager was told."""
    if kind == "promise_told":
        return _("Told %(name)s, manager, by mail", name=new)
    if kind == "promise_untold":
        return _("Telling %(name)s, manager, failed (%(fault)s)", name=new, fault=old)
    what = _("a decision") if old == Promised.DECISION else _("a first call")
    due = exact(datetime.fromisoformat(new), hospital().zone)
    if kind == "promise_missed":
        return _("Promise missed: %(what)s by %(due)s", what=what, due=due)
    return _("Promise about to be missed: %(what)s by %(due)s", what=what, due=due)


def tried_words(channel: str, outcome: str, event: EventView, story: Story) -> str:
    """How somebody tried, whom, and what came of it."""
    hows = {
        "phone": _("Call to %(whom)s"), "text": _("Text to %(whom)s"), "email": _("Email to %(whom)s"),
        "in_person": _("In person with %(whom)s"),
    }  # fmt: skip
    party = next((one for one in story.parties if one.row.id == event.row.party_id), None)
    how = hows.get(channel, "%(whom)s") % {"whom": party_name(party) or role_words(party)}
    if event.interpreter:
        how = _("%(how)s, with an interpreter", how=how)
    what = _("spoke with them") if outcome == "reached" else outcome_words(outcome)
    return f"{how}: {what}"


def words_of(event: EventView) -> str:
    """What somebody wrote with it: a reason, a note, what was said."""
    if isinstance(event.detail, dict):
        found = next((event.detail[key] for key in ("reason", "line", "name", "finding") if event.detail.get(key)), "")
        return "\n".join(str(one) for one in (found, event.detail.get("alternative")) if one)
    return str(event.said)
