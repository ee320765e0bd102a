"""How messages read on the desk: one thread for each party, what waits for an answer, how its mail went, translations."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.cases.messages import (
    FAILED,
    NO_WAY,
    OUTGOING,
    QUEUED,
    SENT,
    STAFF_LANGUAGE,
    MessageView,
    language_of,
    latest_of,
    tallies,
)
from app.cases.story import PartyView, Story, names_of
from app.codes.languages import name_of
from app.desk.contacts import party_name, role_words
from app.desk.presenters import exact, moment

NEWEST_ON_CASE = 3


@dataclass(frozen=True, slots=True)
class LineView:
    """One message: who, when, the words, the same in another language with who made it, and its state."""

    id: str
    ours: bool
    by: str
    at: str
    at_exact: str
    text: str
    language: str
    other: str
    other_by: str
    state: str
    bad: bool
    unanswered: bool
    translatable: bool


@dataclass(frozen=True, slots=True)
class ThreadView:
    """What one party and the staff wrote to each other, and who that party is."""

    id: str
    name: str
    role: str
    language: str
    foreign: bool
    lines: tuple[LineView, ...]
    more: int
    unanswered: int
    newest: str

    @property
    def first_name(self) -> str:
        """For a button: whom it goes to."""
        return self.name or self.role


def threads(session: Session, story: Story, at: datetime, zone: ZoneInfo) -> tuple[ThreadView, ...]:
    """Each party that has a private page or a message with its newest few, those that wait for an answer first."""
    shown, counted = latest_of(session, story.case.id, NEWEST_ON_CASE), tallies(session, story.case.id)
    people = authors(session, shown)
    found = [
        thread(one, [message for message in shown if message.row.party_id == one.row.id],
               counted.get(one.row.id, (0, 0)), people, at, zone)
        for one in story.parties
        if one.row.submission_id is not None or one.row.id in counted
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: not one.unanswered))


def authors(session: Session, shown: Sequence[MessageView]) -> Mapping[uuid.UUID, str]:
    """Who of the staff wrote them."""
    return names_of(session, {one.row.author_id for one in shown})


def thread(
    party: PartyView, mine: Sequence[MessageView], counted: tuple[int, int], people: Mapping[uuid.UUID, str],
    at: datetime, zone: ZoneInfo,
) -> ThreadView:  # fmt: skip
    """Some of one party's messages; `counted` says how many there are, and how many wait."""
    language = language_of(party.row)
    waiting = [one for one in mine if one.row.direction != OUTGOING and one.row.answered_at is None]
    return ThreadView(
        id=str(party.row.id), name=party_name(party), role=role_words(party), language=name_of(language),
        foreign=language != STAFF_LANGUAGE, lines=tuple(line(one, party, people, at, zone) for one in mine),
        more=counted[0] - len(mine), unanswered=counted[1], newest=str(waiting[-1].row.id) if waiting else "",
    )  # fmt: skip


def line(
    message: MessageView, party: PartyView, people: Mapping[uuid.UUID, str], at: datetime, zone: ZoneInfo
) -> LineView:
    """One message in words."""
    row, ours, made = message.row, message.row.direction == OUTGOING, message.translation
    author = people.get(row.author_id, "") if row.author_id else ""
    return LineView(
        id=str(row.id), ours=ours, by=author if ours else party_name(party) or role_words(party),
        at=moment(row.at, at, zone), at_exact=exact(row.at, zone), text=message.text,
        language=name_of(row.locale) if row.locale != STAFF_LANGUAGE or made else "", other=made.text if made else "",
        other_by=made_by(made.by, qualified=made.qualified) if made else "", state=state_words(message, at, zone),
        bad=row.state in {FAILED, NO_WAY}, unanswered=not ours and row.answered_at is None,
        translatable=not ours and row.locale != STAFF_LANGUAGE and made is None,
    )  # fmt: skip


def made_by(name: str, *, qualified: bool) -> str:
    """Who made a translation, and whether that is a qualified translator."""
    if qualified:
        return _("translated by %(name)s, qualified", name=name)
    return _("translated by %(name)s, not a qualified translator", name=name)


def state_words(message: MessageView, at: datetime, zone: ZoneInfo) -> str:
    """What became of it."""
    row = message.row
    if row.direction != OUTGOING:
        return _("Unanswered") if row.answered_at is None else ""
    if row.read_at:
        return _("Opened %(when)s", when=moment(row.read_at, at, zone))
    return {
        QUEUED: _("Queued: the mail about it goes out in a moment"), SENT: _("Sent: told that it is there"),
        FAILED: _("Failed: they were not told. Call them"),
        NO_WAY: _("No email address: they were not told. Call them"),
    }.get(row.state or "", "")  # fmt: skip
