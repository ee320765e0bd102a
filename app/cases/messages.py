"""Messages between one party and the staff: who may be written to, in which language, and what a message changes.

A party reads its own messages and nobody else's. Adding never conflicts.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, func, literal, select, tuple_
from sqlalchemy import case as case_of
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.cases.change import Change, change
from app.cases.models import Case, Consent, Link, Party
from app.cases.models_work import Message, Task
from app.cases.reach import may_reach
from app.cases.receive import reopen
from app.cases.story import latest
from app.cases.tasks import make_task
from app.cases.unanswered import INCOMING, WAITING, settle
from app.core.actor import PUBLIC, Actor, Permission
from app.core.errors import NotFound, Refused
from app.core.ids import new_id
from app.core.sealing import DataKey, ring
from app.programs.clocks import add_business_days
from app.programs.service import calendar_of

OUTGOING = "out"
QUEUED, SENT, FAILED, NO_WAY = "queued", "sent", "failed", "no_way"
STAFF_LANGUAGE = "en"
LONGEST = 4000
NEWEST = 200
REPEAT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Translation:
    """The same words in another language: who made it, and whether that is a qualified translator."""

    text: str
    by: str
    qualified: bool


@dataclass(frozen=True, slots=True)
class Words:
    """What staff say. `language` is that of `text`; the party is shown the translation where there is one."""

    text: str
    language: str
    template: str | None = None
    translation: Translation | None = None


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message, opened."""

    row: Message
    text: str
    translation: Translation | None

    @property
    def for_party(self) -> str:
        """What the party is shown: its own words, or ours in its language."""
        return self.translation.text if self.translation and self.row.direction == OUTGOING else self.text


def language_of(party: Party) -> str:
    """What a party reads; English where nobody said."""
    return party.language_read or party.language_spoken or STAFF_LANGUAGE


def reads(languages_read: str, language: str) -> bool:
    """Whether somebody of the staff reads a language: the staff's own one, and those of their account."""
    return language in {STAFF_LANGUAGE, *(one.strip() for one in languages_read.split(","))}


def staff_read(session: Session, user_id: uuid.UUID | None, language: str) -> bool:
    """As `reads`, for an account; nobody reads the staff's language only."""
    known = session.execute(select(User.languages_read).where(User.id == user_id)).scalar_one_or_none()
    return reads(known or "", language)


def why_not(session: Session, case: Case, party: Party) -> str | None:
    """Why no message may go to a party, in words; None where it may."""
    reach = may_reach(session, case, party)
    if not reach.allowed:
        return reach.why
    agreed = session.execute(
        select(Consent.answer).where(Consent.party_id == party.id, Consent.wording == "contact_me")
        .order_by(Consent.at.desc(), Consent.id.desc()).limit(1)
    ).scalar_one_or_none()  # fmt: skip
    if agreed is False:
        return _("They did not agree to be contacted.")
    if link_of(session, party.id) is None:
        return _("They have not written to us and have no private page: call them.")
    return None


def link_of(session: Session, party_id: uuid.UUID) -> Link | None:
    """A party's own private link."""
    return session.execute(
        select(Link).where(Link.party_id == party_id, Link.revoked_at.is_(None)).order_by(Link.made_at).limit(1)
    ).scalar_one_or_none()


def party_of(session: Session, case_id: uuid.UUID, party_id: uuid.UUID | None) -> Party:
    """A party of this case. Raises NotFound."""
    party = session.get(Party, party_id) if party_id else None
    if party is None or party.case_id != case_id:
        raise NotFound
    return party


def checked(words: Words, language: str) -> None:
    """Whether these words may go to somebody who reads this language. Raises Refused."""
    if not words.text.strip():
        raise Refused(_("Write something first."), "text")
    if words.language == language:
        return
    if words.translation is None or not words.translation.text.strip():
        raise Refused(_("They do not read this language: add a translation that a person made."), "translation")
    if not words.translation.by.strip():
        raise Refused(_("Write who made the translation."), "translated_by")


def send_message(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, party_id: uuid.UUID, words: Words,
    seen: uuid.UUID | None,
) -> None:  # fmt: skip
    """Keep a message to one party, and tell them by mail that it is there. What they wrote is answered by it.

    `seen` is the newest message that waited on the page. Raises Refused where another one came since.
    """
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        party = party_of(session, case_id, party_id)
        refusal = why_not(session, act.case, party)
        if refusal:
            raise Refused(refusal)
        checked(words, language_of(party))
        if repeated(act, party, OUTGOING, words.text.strip()):
            act.record("message_repeated", party_id=party.id)
            return
        read_all(session, party, seen)
        message = row_of(act, party, OUTGOING, words.text.strip(), words.language)
        message.template, message.author_id = words.template, actor.id
        message.state = QUEUED
        if words.translation:
            seal_translation(act.key(), message, words.translation)
        session.add(message)
        settle(session, act.case, party.id, at)
        act.record("message_sent", party_id=party.id, subject_id=message.id)
        act.job("send_message", dedupe_key=f"send_message:{message.id}", subject_id=message.id)


def read_all(session: Session, party: Party, seen: uuid.UUID | None) -> None:
    """Whether nothing waits that the page did not show yet. Raises Refused."""
    newest = session.execute(
        select(Message.id).where(Message.party_id == party.id, *WAITING)
        .order_by(Message.at.desc(), Message.id.desc()).limit(1)
    ).scalar_one_or_none()  # fmt: skip
    if newest not in {None, seen}:
        raise Refused(_("They wrote again meanwhile. Nothing was sent: read it, then go on."))


def receive_message(
    session: Session, case_id: uuid.UUID, party_id: uuid.UUID, text: str, page_language: str, at: datetime
) -> None:
    """Keep what a party wrote: the case comes back up the queue, an ended one too, and somebody is told."""
    with change(session, [case_id], PUBLIC, None, at) as act:
        case, party = act.case, party_of(session, case_id, party_id)
        if repeated(act, party, INCOMING, text.strip()):
            act.record("message_repeated", party_id=party.id)
            return
        # Who reads a page in English may still write in their own language; a page in another one was chosen.
        language = page_language if page_language != STAFF_LANGUAGE else language_of(party)
        message = row_of(act, party, INCOMING, text.strip(), language)
        if not staff_read(session, case.assignee_id, language):
            due = add_business_days(calendar_of(case.program), at, 1)
            message.task_id = make_task(act, "translate", due, party_id=party.id, assignee_id=case.assignee_id)
        session.add(message)
        case.unanswered_at = case.unanswered_at or at
        act.record("message_received", new=language, party_id=party.id, subject_id=message.id)
        reopen(act)
        if case.assignee_id:
            act.job("mail_coordinator", dedupe_key=f"mail_coordinator:{message.id}", subject_id=case.assignee_id)
        else:
            act.job("mail_staff", dedupe_key=f"mail_staff:{message.id}", subject_id=message.id)


def row_of(act: Change, party: Party, direction: str, text: str, language: str) -> Message:
    """A message, sealed; not added yet."""
    message_id, key, case = new_id(), act.key(), act.case
    return Message(
        id=message_id, case_id=case.id, origin_case_id=case.id, party_id=party.id, direction=direction, channel="page",
        locale=language, at=act.at, key_id=key.id, body=key.seal_json(text, ("message", "body", message_id)),
    )  # fmt: skip


def seal_translation(key: DataKey, message: Message, made: Translation) -> None:
    """Beside the words themselves."""
    document = {"text": made.text.strip(), "by": made.by.strip(), "qualified": made.qualified}
    message.translation = key.seal_json(document, ("message", "translation", message.id))


def translate(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, message_id: uuid.UUID, made: Translation
) -> None:
    """Lay a translation beside what a party wrote; the task that asked for it is done. A later one replaces it."""
    if not made.text.strip():
        raise Refused(_("Write the translation."), "text")
    if not made.by.strip():
        raise Refused(_("Write who made the translation."), "translated_by")
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        message = session.get(Message, message_id)
        if message is None or message.case_id != case_id or message.direction != INCOMING:
            raise NotFound
        seal_translation(ring().load(session, message.key_id), message, made)
        task = session.get(Task, message.task_id) if message.task_id else None
        if task is not None and task.done_at is None:
            task.done_at, task.done_by = at, actor.id
        act.record("message_translated", party_id=message.party_id, subject_id=message.id)


def ask_interpreter(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, party_id: uuid.UUID, text: str
) -> None:
    """What cannot be written in their language is said: a task to call with an interpreter, with the words to say."""
    if not text.strip():
        raise Refused(_("Write something first."), "text")
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        party = party_of(session, case_id, party_id)
        refusal = why_not(session, act.case, party)
        if refusal:
            raise Refused(refusal)
        due = add_business_days(calendar_of(act.case.program), at, 1)
        task_id = make_task(
            act, "interpreter_call", due, party_id=party.id, assignee_id=act.case.assignee_id, words=text.strip()
        )
        act.record("interpreter_asked", party_id=party.id, subject_id=task_id)


def need_no_answer(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, party_id: uuid.UUID, seen: uuid.UUID | None
) -> None:
    """Say that what a party wrote needs no answer, up to the newest message that the page showed."""
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        newest = session.get(Message, seen) if seen else None
        party = party_of(session, case_id, party_id)
        if newest is None or newest.party_id != party.id:
            raise NotFound
        if not settle(session, act.case, party.id, at, until=newest.at):
            raise Refused(_("Nothing waits for an answer any more."))
        act.record("no_answer_needed", party_id=party.id)


def opened_by(session: Session, case_id: uuid.UUID, party_id: uuid.UUID, at: datetime) -> None:
    """A party opened its page with a code: what stood there unread is read."""
    unread = session.execute(
        select(Message).where(Message.party_id == party_id, Message.direction == OUTGOING, Message.read_at.is_(None))
    ).scalars().all()  # fmt: skip
    if not unread:
        return
    with change(session, [case_id], PUBLIC, None, at) as act:
        for message in unread:
            message.read_at = at
        act.record("messages_read", party_id=party_id)


def repeated(act: Change, party: Party, direction: str, text: str) -> bool:
    """Whether the newest message of a thread is these very words, just sent: a second press makes no second message."""
    newest = act.session.execute(
        select(Message).where(Message.party_id == party.id, Message.at > act.at - REPEAT)
        .order_by(Message.at.desc(), Message.id.desc()).limit(1)
    ).scalar_one_or_none()  # fmt: skip
    if newest is None or newest.direction != direction:
        return False
    key = ring().load(act.session, newest.key_id)
    return bool(key.unseal_json(newest.body, ("message", "body", newest.id)) == text)


def unread_by(session: Session, party_id: uuid.UUID) -> int:
    """How many messages a party has not opened yet."""
    unread = (Message.party_id == party_id, Message.direction == OUTGOING, Message.read_at.is_(None))
    return session.execute(select(func.count()).where(*unread)).scalar_one()


def messages_of(
    session: Session, party_id: uuid.UUID, *, before: uuid.UUID | None = None, most: int = NEWEST
) -> tuple[MessageView, ...]:
    """The newest messages to and from a party, or those before one of them; oldest first."""
    wanted = select(Message).where(Message.party_id == party_id)
    last = session.get(Message, before) if before else None
    if last is not None and last.party_id == party_id:
        here = tuple_(literal(last.at, Message.at.type), literal(last.id, Message.id.type))
        wanted = wanted.where(tuple_(Message.at, Message.id) < here)
    rows = session.execute(wanted.order_by(Message.at.desc(), Message.id.desc()).limit(most)).scalars().all()
    return views_of(session, rows[::-1])


def latest_of(session: Session, case_id: uuid.UUID, most: int) -> tuple[MessageView, ...]:
    """The newest few of each party's, so that one who writes much hides nobody else; oldest first."""
    return views_of(session, latest(session, Message, case_id, Message.at, most, Message.party_id))


def tallies(session: Session, case_id: uuid.UUID) -> dict[uuid.UUID, tuple[int, int]]:
    """How many messages each party has, and how many of them wait for an answer."""
    waits = func.sum(case_of((and_(*WAITING), 1), else_=0))
    rows = session.execute(
        select(Message.party_id, func.count(), waits).where(Message.case_id == case_id).group_by(Message.party_id)
    )
    return {party_id: (total, waiting) for party_id, total, waiting in rows}


def views_of(session: Session, rows: Sequence[Message]) -> tuple[MessageView, ...]:
    """Messages, opened."""
    keys = ring().load_many(session, {row.key_id for row in rows}) if rows else {}
    return tuple(view_of(keys, row) for row in rows)


def view_of(keys: Mapping[uuid.UUID, DataKey], row: Message) -> MessageView:
    """One message, opened."""
    key = keys[row.key_id]
    made: dict[str, Any] | None = (
        key.unseal_json(row.translation, ("message", "translation", row.id)) if row.translation else None
    )
    return MessageView(
        row, key.unseal_json(row.body, ("message", "body", row.id)), Translation(**made) if made else None
    )
