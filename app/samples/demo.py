"""The demonstration: a folder of its own, one person of each role, a believable week of some sixty cases."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import click
import flask_migrate
from flask import Flask
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.queries import find_user, workers_of
from app.accounts.service import add_user, generate_password
from app.cases import acts
from app.cases.domain import Kind, Receipt, Status
from app.cases.models import Case, Party
from app.core.actor import Actor, ActorKind, Role
from app.core.clock import now
from app.core.database import db, transaction
from app.core.keys import ensure_house_key
from app.drafts import service as drafts
from app.inquiries.service import submit_inquiry
from app.programs.domain import Hospital
from app.programs.service import apply_first, hospital
from app.referrals.service import submit_referral
from app.samples.items import Item, items
from app.samples.load import FORMS, Rows, free_references, put, quiet
from app.samples.people import person
from app.web.fields import cleaned_of

ACCOUNTS = "demo-accounts.json"
PEOPLE = (
    ("ana.ribeiro", "Ana Ribeiro", Role.COORDINATOR),
    ("huy.lam", "Huy Lam", Role.COORDINATOR),
    ("ruth.amsel", "Ruth Amsel, MD", Role.CLINICIAN_REVIEWER),
    ("mina.dalgaard", "Mina Dalgaard", Role.MANAGER),
    ("petra.quist", "Petra Quist", Role.PRIVACY_OFFICER),
    ("ada.lindqvist", "Ada Lindqvist", Role.ADMINISTRATOR),
)
DRAWN = (
    *[Status.NEW] * 10, *[Status.ACKNOWLEDGED] * 3, *[Status.CONTACTING_FAMILY] * 4, *[Status.CONTACTING_REFERRER] * 2,
    *[Status.AWAITING_INFORMATION] * 5, *[Status.READY_FOR_REVIEW] * 2, *[Status.IN_REVIEW] * 3, Status.ACCEPTED_CONSULT,
    *[Status.FINANCIAL_CLEARANCE] * 2, Status.SCHEDULING, *[Status.SCHEDULED] * 2, Status.ON_HOLD, Status.REDIRECTED,
    Status.NOT_A_CANDIDATE_NOW, Status.UNABLE_TO_REACH, Status.WITHDRAWN, Status.DUPLICATE_OF, Status.DECEASED,
    *[Status.CLOSED] * 3,
)  # fmt: skip
UNREACHED = frozenset({Status.NEW, Status.ACKNOWLEDGED, Status.CONTACTING_FAMILY, Status.CONTACTING_REFERRER})
# What was done about some of the shipped submissions: whom somebody spoke with, where the case stands, a note.
DONE: Mapping[str, tuple[Status, str]] = {
    "P01": (Status.CONTACTING_FAMILY, "Mother works days; the interpreter line is booked for 6 pm."),
    "P02": (Status.AWAITING_INFORMATION, ""),
    "R01": (Status.AWAITING_INFORMATION, "The practice sends the flow report tonight."),
    "R04": (Status.ACKNOWLEDGED, ""),
    "R05": (Status.CONTACTING_REFERRER, "Fax only. Ask for the mother’s number first."),
    "R06": (Status.READY_FOR_REVIEW, ""),
    "R07": (Status.IN_REVIEW, "Ferritin and T2* are on the disc."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Account:
    """A sign-in of the demonstration."""

    role: str
    email: str
    password: str


def prepare(app: Flask, folder: Path) -> list[Account]:
    """Database, accounts and week, as far as they are not there yet; returns the sign-ins."""
    with app.app_context():
        flask_migrate.upgrade()
        ensure_house_key()
        refuse_real_people(db.session())
        apply_first()
        accounts = ensure_accounts(folder)
        with transaction() as session:
            if not session.execute(select(exists().where(Case.id.is_not(None)))).scalar_one():
                load_week(session, hospital(), now())
    return accounts


def refuse_real_people(session: Session) -> None:
    """Raise when this folder serves somebody already: a demonstration moves into no real house."""
    if session.execute(select(exists().where(User.demo.is_(False)))).scalar_one():
        message = "This folder holds a real installation. Choose another INSTANCE_DIR for the demonstration."
        raise click.ClickException(message)


def ensure_accounts(folder: Path) -> list[Account]:
    """One person of each role in every program; passwords are made once and kept in a file that its owner reads."""
    path = folder / ACCOUNTS
    if path.exists():
        return [Account(**one) for one in json.loads(path.read_text(encoding="utf-8"))]
    desks = [program.code for program in hospital().programs]
    host = hospital().folder.mail_from.rpartition("@")[2]
    accounts = [Account(str(role), f"{login}@{host}", generate_password()) for login, _name, role in PEOPLE]
    with transaction() as session:
        for account, (_login, name, role) in zip(accounts, PEOPLE, strict=True):
            if find_user(session, account.email) is None:
                add_user(
                    session, email=account.email, name=name, password=account.password,
                    grants={desk: [role] for desk in desks}, demo=True,
                )  # fmt: skip
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(
            [{"role": one.role, "email": one.email, "password": one.password} for one in accounts], file, indent=1
        )
    return accounts


def load_week(session: Session, found: Hospital, at: datetime) -> None:
    """Some sixty cases: every shipped submission, and drawn ones over all statuses."""
    staff = {program.code: [one.id for one in workers_of(session, (program.code,))][:2] for program in found.programs}
    ana = Actor(
        ActorKind.STAFF, next(iter(staff.values()))[0], PEOPLE[0][1],
        {program.code: frozenset({Role.COORDINATOR, Role.CLINICIAN_REVIEWER}) for program in found.programs},
    )  # fmt: skip
    day, shipped = items()
    shift = timedelta(days=(at.date() - day).days)
    for item in shipped:
        send_item(session, found, item, min(item.submitted_at + shift, at - timedelta(minutes=20)), ana, at)
    rows = Rows()
    for index, (status, reference) in enumerate(zip(DRAWN, free_references(session, len(DRAWN)), strict=True)):
        draw = Random(f"week:{index}")  # noqa: S311  drawn people, no secret
        days = draw.uniform(0.02, 0.9) if status in UNREACHED else draw.uniform(1.5, 7)
        drawn = person(draw, at - timedelta(days=days))
        put(session, rows, found, drawn, "week", index, status, at, draw, staff, reference)
    rows.write(session)
    quiet(session)


def send_item(session: Session, found: Hospital, item: Item, sent_at: datetime, actor: Actor, at: datetime) -> None:
    """One shipped submission through its door, then what was done about it."""
    answers = dict(item.answers) | asked_here(found, item.answers)
    if item.expect.get("npi_error"):
        answers["npi_reason"] = ["As the practice wrote it"]
    kind = Kind(item.kind)
    draft = drafts.start(
        session, program=found.folder.code, kind=item.kind, locale="en", answers=answers, at=sent_at, days=30,
        shown_at=sent_at - timedelta(minutes=6),
    )  # fmt: skip
    forms = [form(answers, answers) for form in FORMS[kind]]
    faulty = [form.errors for form in forms if not form.validate()]
    if faulty:
        message = f"{item.id}: the form refuses {faulty}"
        raise ValueError(message)
    submit = submit_inquiry if kind is Kind.INQUIRY else submit_referral
    receipt, _created = submit(session, draft, cleaned_of(forms), sent_at)
    drafts.end(session, draft)
    if item.id in DONE:
        work_on(session, receipt, DONE[item.id], actor, sent_at, at)


def asked_here(found: Hospital, answers: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """A family's diagnosis where this hospital asks about others: in words."""
    code = (answers.get("diagnosis") or [""])[0]
    known = found.disease(code)
    if not code or (known is not None and known.asked):
        return {}
    return {
        "diagnosis": ["other" if found.disease("other") else "not_sure"],
        "diagnosis_other": [code.replace("_", " ")],
    }


def work_on(
    session: Session, receipt: Receipt, done: tuple[Status, str], actor: Actor, sent_at: datetime,
    at: datetime,
) -> None:  # fmt: skip
    """Lead a case as far as it has come, by the acts that the desk has."""
    to, note = done
    path = (Status.NEW, Status.ACKNOWLEDGED, *STEPS[to])
    times: Sequence[datetime] = [sent_at + (at - sent_at) * (0.2 + 0.1 * step) for step in range(len(path) + 2)]
    acts.claim(session, receipt.case_id, actor, times[0])
    for old, new, moment in zip(path, path[1:], times[1:], strict=False):
        acts.change_status(session, receipt.case_id, actor, moment, seen=old, to=new, reason="")
    if to not in {Status.ACKNOWLEDGED, Status.CONTACTING_FAMILY, Status.CONTACTING_REFERRER}:
        acts.log_contact(
            session, receipt.case_id, actor, times[-2], party_id=first_party(session, receipt.case_id), channel="phone",
            outcome=acts.REACHED, interpreter=False, detail="Explained the next steps.",
        )  # fmt: skip
    if note:
        acts.add_note(session, receipt.case_id, actor, times[-1], note)


STEPS: Mapping[Status, tuple[Status, ...]] = {
    Status.ACKNOWLEDGED: (),
    Status.CONTACTING_FAMILY: (Status.CONTACTING_FAMILY,),
    Status.CONTACTING_REFERRER: (Status.CONTACTING_REFERRER,),
    Status.AWAITING_INFORMATION: (Status.CONTACTING_FAMILY, Status.AWAITING_INFORMATION),
    Status.READY_FOR_REVIEW: (Status.READY_FOR_REVIEW,),
    Status.IN_REVIEW: (Status.READY_FOR_REVIEW, Status.IN_REVIEW),
}


def first_party(session: Session, case_id: uuid.UUID) -> uuid.UUID:
    """Who sent it."""
    return session.execute(
        select(Party.id).where(Party.case_id == case_id, Party.submission_id.is_not(None))
    ).scalar_one()


def forget(app: Flask) -> None:
    """Let go of the database."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
