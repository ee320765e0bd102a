"""The daily test page: when it goes to the on-call list, who must acknowledge it, and whether pages can be relied on.

Everybody listed gets one by each of their channels, each with a link of its own. Nothing is kept but the pages: their ids
follow from the day and the list, so a job that is done twice pages once, and a list that was changed counts as not tested.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.domain import Urgency
from app.cases.guard import Exempt, writing
from app.cases.models import Case
from app.cases.models_paging import Page
from app.cases.paging import on_call_of, out_rows, page_row
from app.core.clock import now
from app.core.database import AnyRow, transaction, write_rows
from app.core.jobs import ClaimedJob, enqueue, job_row
from app.programs.clocks import ONE_DAY, instant, local_day
from app.programs.domain import OnCall, Program
from app.programs.service import calendar_of, hospital

PATIENCE = timedelta(hours=2)  # to acknowledge a test page; until then the one of the day before counts
NAMES = uuid.UUID("8f0b7a52-6c1e-5d0f-9a37-2d1c4e6b9f10")  # what ids of test pages are made under


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a program's pages cannot be relied on: nobody has a channel, or these did not acknowledge the test."""

    program: Program
    silent: tuple[str, ...] = ()


def tested_at(program: Program, day: date) -> datetime:
    """When a day's test page goes out."""
    return instant(calendar_of(program.code), day, program.test_page)


def last_day(program: Program, at: datetime) -> date:
    """The newest day whose test page is due."""
    today = local_day(calendar_of(program.code), at)
    return today if tested_at(program, today) <= at else today - ONE_DAY


def call_of(program: Program, listed: Sequence[OnCall], day: date) -> uuid.UUID:
    """The test of one day and of this very list."""
    reached = [(one.name, one.mail, one.webhook) for one in listed]
    return uuid.uuid5(NAMES, f"{program.code} {day} {reached}")


def plan() -> None:
    """The worker's chore: a job for the test that is due, and one for the next, each at its hour."""
    at = now()
    with transaction() as session:
        for program in hospital().programs:
            listed = on_call_of(program.code)
            last = last_day(program, at)
            enqueue(
                session,
                [
                    job_row(
                        session, "test_page", dedupe_key=f"test_page:{call_of(program, listed, day)}", at=at,
                        due_at=tested_at(program, day), payload={"program": program.code},
                    )
                    for day in (last, last + ONE_DAY)
                    if listed
                ],
            )  # fmt: skip


def send_test_page(job: ClaimedJob) -> None:
    """Page everybody on the list as it is now, unless this day's test went to this list already."""
    at, program = now(), hospital().program(job.opened()["program"])
    listed = on_call_of(program.code) if program else ()
    if program is None or not listed:
        return
    call_id = call_of(program, listed, last_day(program, at))
    with transaction() as session, writing(Exempt.TEST_PAGE):
        if pages_of(session, [call_id]):
            return
        for one in listed:
            for by in one.channels:
                page_id = uuid.uuid5(call_id, f"{one.name} {by}")
                write_rows(session, Page, [page_row(page_id, call_id, None, program.code, one.name, at)])
                enqueue(session, out_rows(session, page_id, None, (by,), 0, at))


def pages_of(session: Session, calls: Sequence[uuid.UUID]) -> Sequence[AnyRow]:
    """The test pages of these calls."""
    return session.execute(
        select(Page.call_id, Page.name, Page.acknowledged_at).where(Page.call_id.in_(calls)).order_by(Page.name)
    ).all()


def doubts(session: Session, programs: Sequence[str], at: datetime) -> tuple[Doubt, ...]:
    """Which of these programs cannot rely on their pages, in the order of the folder.

    Asked of the pages as they stand: a worker that has stopped sends no test, and that is a doubt too.
    """
    found = [(one, on_call_of(one.code)) for one in hospital().programs if one.code in programs]
    days = {one.code: last_day(one, at) for one, _listed in found}
    calls = {
        (one.code, back): call_of(one, listed, days[one.code] - back * ONE_DAY)
        for one, listed in found
        for back in (0, 1)
        if listed
    }
    rows = pages_of(session, list(calls.values())) if calls else ()

    def silent(program: Program, listed: Sequence[OnCall], back: int) -> tuple[str, ...]:
        sent = [row for row in rows if row.call_id == calls[program.code, back]]
        if not sent:
            return tuple(one.name for one in listed)
        return tuple(dict.fromkeys(row.name for row in sent if row.acknowledged_at is None))

    doubted = []
    for program, listed in found:
        if not listed:
            doubted.append(Doubt(program))
            continue
        patient = at < tested_at(program, days[program.code]) + PATIENCE
        missing = silent(program, listed, 0)
        if missing and not (patient and not silent(program, listed, 1)):
            doubted.append(Doubt(program, missing))
    return tuple(doubted)


def paging_state(session: Session, case: Case, at: datetime) -> str | None:
    """What a sender may be told of the pages about an urgent case: `begun`, `answered`; None where nothing is sure.

    A page that goes out to a list of which the last test does not tell that it answers is no promise.
    """
    if case.urgency != Urgency.URGENT or case.first_contact_at is not None or not case.is_open:
        return None
    rows = session.execute(
        select(Page.call_id, Page.acknowledged_at, Page.ended_at, Page.fault)
        .where(Page.case_id == case.id, Page.program == case.program).order_by(Page.call_id.desc())
    ).all()  # fmt: skip
    pages = [row for row in rows if row.call_id == rows[0].call_id]
    if any(page.acknowledged_at for page in pages):
        return "answered"
    going_on = any(page.ended_at is None and page.fault is None for page in pages)
    return "begun" if going_on and not doubts(session, (case.program,), at) else None
