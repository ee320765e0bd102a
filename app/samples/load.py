"""Loads drawn cases through the doors' own rules and rows, a batch in a transaction; what is there is skipped."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

from flask_babel import force_locale
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.cases import receive
from app.cases.checklist import first_rows
from app.cases.domain import Kind, Marker, NewSubmission, Receipt, Status
from app.cases.guard import Exempt, writing
from app.cases.models import BlindToken, Case, Consent, Link, Party, Submission
from app.cases.models_checklist import ChecklistItem
from app.cases.models_work import ContactAttempt, Event
from app.core.blind import MONTHS
from app.core.database import Base, transaction, write_rows
from app.core.ids import new_id
from app.core.jobs import Job
from app.core.reference import new_reference
from app.core.sealing import DataKey, DataKeyRow, ring
from app.drafts.service import Draft
from app.inquiries.domain import NewInquiry
from app.inquiries.forms import ChildForm, PermissionForm, QuestionForm, TreatmentForm, YouForm
from app.inquiries.service import submission_of as inquiry_of
from app.programs.domain import Hospital
from app.referrals.forms import ClinicalForm, PatientForm
from app.referrals.service import submission_of as referral_of
from app.samples.lives import ENDED, OPEN, Life, live
from app.samples.people import Person, person, weighted
from app.web.dates import DateLine, DateParts
from app.web.fields import Asked, Checks, Number, PageForm, YesNo, fields_of
from app.web.i18n import DESK

BATCH = 500
OPEN_SHARE = 0.05
TABLES: tuple[type[Base], ...] = (
    DataKeyRow,
    Submission,
    Case,
    Party,
    Link,
    Consent,
    BlindToken,
    Event,
    ContactAttempt,
    ChecklistItem,
)
FORMS: Mapping[Kind, tuple[type[PageForm], ...]] = {
    Kind.INQUIRY: (YouForm, ChildForm, TreatmentForm, QuestionForm, PermissionForm),
    Kind.REFERRAL: (PatientForm, ClinicalForm),
}


def questions_asked() -> dict[str, dict[str, bool]]:
    """What each door asks, and whether it is at fault when nothing is answered: for the check of a program folder.

    In the desk's language: the languages of a page are known from the folder that is being checked.
    """
    asked: dict[str, dict[str, bool]] = {str(kind): {} for kind in FORMS}
    with force_locale(DESK):
        for kind, classes in FORMS.items():
            for form in (one({}) for one in classes):
                form.validate()
                asked[str(kind)] |= {question.name: bool(question.errors) for question in form}
    return asked


@cache
def questions(kind: Kind) -> dict[str, type[Asked]]:
    """Every question of a door with its type, found once."""
    return {one.name: type(one) for form in FORMS[kind] for one in fields_of(form)}


@cache
def unanswered(kind: Kind) -> dict[str, Any]:
    """A form of a door that was left empty."""
    return {name: value_of(name, field_type, {}) for name, field_type in questions(kind).items()}


def read(kind: Kind, answers: Mapping[str, list[str]]) -> dict[str, Any]:
    """Drawn answers as the forms would read them, without making the forms (a test holds the two equal)."""
    asked = questions(kind)
    said = {name.partition("-")[0] for name in answers} & asked.keys()  # a date stands in three boxes
    return unanswered(kind) | {name: value_of(name, asked[name], answers) for name in said}


def value_of(name: str, field_type: type[Asked], answers: Mapping[str, list[str]]) -> Any:  # noqa: ANN401
    """One typed value."""
    if issubclass(field_type, DateParts):
        month, day, year = ((answers.get(f"{name}-{part}") or [""])[0] for part in DateParts.PARTS)
        return f"{int(year):04d}-{MONTHS[month.casefold()]:02d}-{int(day):02d}" if year else None
    if issubclass(field_type, Checks):
        return tuple(answers.get(name) or ())
    typed = next(iter(answers.get(name) or ()), None)
    if typed is None or issubclass(field_type, DateLine):
        return typed
    if issubclass(field_type, Number):
        return Decimal(typed)
    if issubclass(field_type, YesNo) or name.startswith("consent_contact_me"):
        return {"yes": True, "no": False}.get(typed, typed)
    return typed


@dataclass(slots=True)
class Rows:
    """Rows of a batch by table."""

    by_table: dict[type[Base], list[dict[str, Any]]] = field(default_factory=lambda: {table: [] for table in TABLES})

    def add(self, table: type[Base], *rows: dict[str, Any]) -> None:
        """Put rows in."""
        self.by_table[table].extend(rows)

    def write(self, session: Session) -> None:
        """One statement for each table."""
        with writing(Exempt.DRAWN):
            for table, rows in self.by_table.items():
                write_rows(session, table, rows)


def handle_of(seed: str, index: int) -> str:
    """The handle under which a drawn case was sent: the same command finds it again."""
    return hashlib.sha256(f"{seed}:{index}".encode()).hexdigest()[:22]


def key_of(seed: str, index: int) -> bytes:
    """Its submission's key."""
    return hashlib.sha256(b"generated" + handle_of(seed, index).encode()).digest()


def new_submission(found: Hospital, drawn: Person, handle: str, key: DataKey, session_key: bytes) -> NewSubmission:
    """What the door would hand to `receive()`."""
    draft = Draft(
        id=new_id(), handle=handle, program=found.folder.code, kind=str(drawn.kind), locale="en", answers=drawn.answers,
        started_at=drawn.received_at - timedelta(minutes=5), saved_at=drawn.received_at,
        expires_at=drawn.received_at, key=key,
    )  # fmt: skip
    cleaned = read(drawn.kind, drawn.answers)
    if drawn.kind is Kind.INQUIRY:
        new = inquiry_of(found, draft, NewInquiry.from_cleaned(cleaned), cleaned, drawn.received_at)
    else:
        new = referral_of(found, draft, cleaned, drawn.received_at)
    return replace(new, key=session_key, marker=Marker.DEMO, draft_id=None)


def put(
    session: Session, rows: Rows, found: Hospital, drawn: Person, seed: str, index: int, to: Status, now: datetime,
    draw: Random, staff: Mapping[str, Sequence[uuid.UUID]], reference: str,
) -> None:  # fmt: skip
    """One case with its life, as rows."""
    key, key_row = ring().make("case")
    new = new_submission(found, drawn, handle_of(seed, index), key, key_of(seed, index))
    receipt = Receipt(new_id(), new_id(), reference, new_id(), 1)
    submission = receive.submission_row(
        new, key, case_id=receipt.case_id, submission_id=receipt.submission_id,
        digest=receive.digest_of(session, new.document),
    )  # fmt: skip
    party_id = new_id()
    lived: Life = live(
        receive.case_row(new, key, receipt),
        party_id,
        key,
        to,
        now,
        found.calendars[new.program],
        draw,
        staff.get(new.program, ()),
    )
    rows.add(DataKeyRow, key_row)
    rows.add(Submission, submission | {"reference": receipt.reference, "key": new.key})
    rows.add(Case, lived.case)
    parties = [receive.party_row(new, new.party, key, receipt, party_id)]
    parties += [receive.named_row(new, one, key, receipt) for one in new.others]
    rows.add(Party, *parties)
    if lived.case["is_open"]:
        rows.add(ChecklistItem, *first_rows(new, receipt, parties))
    rows.add(Link, receive.link_row(new, receipt, party_id))
    rows.add(Consent, *receive.consent_rows(new, receipt, party_id))
    rows.add(BlindToken, *receive.token_rows(session, new, receipt))
    rows.add(Event, receive.event_row(new, receipt, party_id), *lived.events)
    rows.add(ContactAttempt, *lived.attempts)


def free_references(session: Session, count: int, draw: Callable[[], str] = new_reference) -> list[str]:
    """References that nobody has: of a million drawn ones two are equal in every third run."""
    free: set[str] = set()
    while len(free) < count:
        drawn = {draw() for _one in range(count - len(free))}
        taken = session.execute(select(Submission.reference).where(Submission.reference.in_(drawn))).scalars()
        free |= drawn - set(taken)
    return list(free)


def generate(
    found: Hospital, cases: int, seed: str, now: datetime, staff: Mapping[str, Sequence[uuid.UUID]], *,
    open_share: float = OPEN_SHARE,
) -> Iterator[int]:  # fmt: skip
    """Load cases in batches; yields how many are there after each. What is there already is skipped."""
    for first in range(0, cases, BATCH):
        batch = range(first, min(first + BATCH, cases))
        with transaction() as session:
            keys = {key_of(seed, index): index for index in batch}
            known = session.execute(select(Submission.key).where(Submission.key.in_(keys))).scalars()
            left = sorted(set(batch) - {keys[key] for key in known if key})
            if left:
                rows = Rows()
                references = free_references(session, len(left))
                for index, reference in zip(left, references, strict=True):
                    draw = Random(f"{seed}:{index}")  # noqa: S311  drawn people, no secret
                    to, received_at = fate(draw, now, open_share)
                    put(session, rows, found, person(draw, received_at), seed, index, to, now, draw, staff, reference)
                rows.write(session)
        yield batch[-1] + 1


def fate(draw: Random, now: datetime, open_share: float) -> tuple[Status, datetime]:
    """Where a case stands and when it came: the open ones of the last three weeks, the others up to 6 years old."""
    if draw.random() < open_share:
        status = weighted(draw, OPEN)
        days = draw.uniform(0.01, 1) if status is Status.NEW else draw.uniform(0.5, 21)
    else:
        status, days = weighted(draw, ENDED), draw.uniform(10, 2190)
    return status, now - timedelta(days=days)


def quiet(session: Session) -> None:
    """Nobody is mailed about drawn people: what their loading would have sent is taken back."""
    session.execute(delete(Job.__table__))
