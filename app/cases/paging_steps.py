"""What the worker does with pages: hands them over, repeats and widens what nobody answers, stops what nobody needs.

Each step is a line of the case's timeline. A worker that dies in the middle repeats one page, and skips none.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from app.accounts.models import Grant, User
from app.audit.domain import Action
from app.audit.service import record as audit
from app.cases.change import Change, change, lock
from app.cases.guard import Exempt, writing
from app.cases.ladder import MANAGERS, MINUTES, reach, step_after, why_over
from app.cases.letters import letter_to
from app.cases.models import Case
from app.cases.models_paging import Page
from app.cases.models_work import Event
from app.cases.paging import ACCOUNT, needed, on_call_of, out_rows, page_row, page_secret, step_rows
from app.core.actor import PUBLIC, SYSTEM, Actor, Role
from app.core.clock import now
from app.core.database import db, transaction, write_rows
from app.core.ids import new_id
from app.core.jobs import ClaimedJob, Later
from app.core.settings import settings
from app.delivery.service import NotDelivered, send_mail
from app.delivery.webhook import post_page

MOST_TRIES = 4  # within seven minutes; then the next step pages again


def page_out(job: ClaimedJob) -> None:
    """Page one person by one channel, if it is still needed at this moment."""
    session = db.session()
    page = session.get(Page, job.subject_id)
    if page is None or page.ended_at:
        return
    case = session.get(Case, page.case_id) if page.case_id else None
    if case is not None and (why_over(needed(case), page.program) or told(session, case.id, "page_sent", job.id)):
        return
    by = job.opened()["by"]
    try:
        hand_over(session, page, case, by, job)
    except NotDelivered as fault:
        last = fault.final or job.attempts >= MOST_TRIES
        if last or job.attempts == 1:
            note(job, page.id, by, fault.fault)
        if not last:
            raise Later(fault.fault) from None
    else:
        note(job, page.id, by, None)


def hand_over(session: Session, page: Page, case: Case | None, by: str, job: ClaimedJob) -> None:
    """The reference and the link, nothing else. Raises NotDelivered."""
    link = f"{settings().public_url.rstrip('/')}/page/{page_secret(session, page.id)}"
    title = _("Page for %(reference)s", reference=case.reference) if case else _("Test page")
    words = _("%(title)s. Acknowledge: %(link)s", title=title, link=link)
    entry = next((one for one in on_call_of(page.program) if one.name == page.name), None)
    if by == "webhook" and entry and entry.webhook:
        content = {"reference": case.reference if case else "", "link": link, "text": words}
        post_page(settings(), entry.webhook, content, str(job.id))
        return
    address = entry.mail if by == "mail" and entry else None
    if by == ACCOUNT:
        address = session.execute(
            select(User.email).where(User.id == page.user_id, User.active)
        ).scalar_one_or_none()  # fmt: skip
    if address is None:
        raise NotDelivered("no_channel", final=True)
    send_mail(settings(), letter_to(address, title, words, job))


def note(job: ClaimedJob, page_id: uuid.UUID, by: str, fault: str | None) -> None:
    """Keep how it went, and say it on the timeline."""
    at = now()
    with transaction() as session:
        page = session.get_one(Page, page_id, populate_existing=True)
        with acting(session, page, at) as act:
            page.fault = fault
            page.sent_at = page.sent_at if fault else at
            if act is not None:
                act.record("page_failed" if fault else "page_sent", old=fault or by, new=page.name, subject_id=job.id)


@contextmanager
def acting(session: Session, page: Page, at: datetime, actor: Actor = SYSTEM) -> Iterator[Change | None]:
    """What writes a page: a change of its case; a test page is of none."""
    if page.case_id is None:
        with writing(Exempt.TEST_PAGE):
            yield None
            session.flush()
        return
    with change(session, [page.case_id], actor, None, at) as act:
        yield act


def page_step(job: ClaimedJob) -> None:
    """Nobody answered so far: page again, page more of them, or stop where it is not needed any more."""
    at = now()
    with transaction() as session:
        first = session.get(Page, job.subject_id)
        if first is None or first.case_id is None:
            return
        lock(session, [first.case_id])
        session.refresh(first)
        step = step_after(at - first.at)
        if first.ended_at or told(session, first.case_id, "page_unanswered", first.id, str(MINUTES[step])):
            return
        with change(session, [first.case_id], SYSTEM, None, at) as act:
            over = why_over(needed(act.case), first.program)
            if over:
                end(session, first.call_id, at)
                act.record("page_stopped", new=over, subject_id=first.id)
            else:
                act.record("page_unanswered", new=str(MINUTES[step]), subject_id=first.id)
                again(act, first, step)


def again(act: Change, first: Page, step: int) -> None:
    """Page everybody whom this step reaches; who has a link already gets the same one."""
    session = act.session
    there = session.execute(select(Page).where(Page.call_id == first.id)).scalars().all()
    known = {(one.user_id, one.name): one.id for one in there}
    listed = on_call_of(first.program)
    people: list[tuple[uuid.UUID | None, str, tuple[str, ...]]] = [
        (None, one.name, one.channels) for one in listed[: reach(step, len(listed))]
    ]
    if step >= MANAGERS:
        people += [(user_id, name[:60], (ACCOUNT,)) for user_id, name in managers_of(session, first.program)]
    for user_id, name, channels in people:
        page_id = known.get((user_id, name)) or new_id()
        if (user_id, name) not in known:
            row = page_row(page_id, first.id, act.case.id, first.program, name, act.at, user_id)
            write_rows(session, Page, [row])
        act.jobs += out_rows(session, page_id, act.case.id, channels, step, act.at)
    act.jobs += step_rows(session, first.id, act.case.id, first.at, step + 1)


def managers_of(session: Session, program: str) -> list[tuple[uuid.UUID, str]]:
    """Those who hear of a page that nobody answers."""
    rows = session.execute(
        select(User.id, User.name).join(Grant, Grant.user_id == User.id)
        .where(Grant.program == program, Grant.role == Role.MANAGER, User.active).order_by(User.id)
    )  # fmt: skip
    return [(row.id, row.name) for row in rows]


def told(session: Session, case_id: uuid.UUID, kind: str, subject_id: uuid.UUID, value: str | None = None) -> bool:
    """Whether the timeline says this already: a job may be done twice."""
    said = select(exists().where(Event.case_id == case_id, Event.kind == kind, Event.subject_id == subject_id,
                                 *([Event.new_value == value] if value else [])))  # fmt: skip
    return bool(session.execute(said).scalar_one())


def end(session: Session, call_id: uuid.UUID, at: datetime) -> None:
    """Nobody of this call is paged again, and every link of it is used up."""
    session.execute(update(Page.__table__).where(Page.call_id == call_id, Page.ended_at.is_(None)).values(ended_at=at))


def acknowledge(session: Session, page: Page, at: datetime) -> None:
    """Somebody pressed the button of a link: the whole call ends, once. A link of a call that has ended does nothing."""
    if page.case_id is not None:
        lock(session, [page.case_id])
    session.refresh(page)
    if page.ended_at:
        return
    with acting(session, page, at, PUBLIC) as act:
        page.acknowledged_at = page.ended_at = at
        if act is not None:  # of a test page, everybody has one to acknowledge
            end(session, page.call_id, at)
            act.record("page_acknowledged", new=page.name, subject_id=page.call_id)
    audit(
        session, PUBLIC, Action.PAGE_ACKNOWLEDGED, subject_kind="page", subject_id=page.id, program=page.program, at=at
    )
