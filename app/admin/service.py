"""Reminds administrators of label facts that nobody has read for half a year: once a month, for each version."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import select

from app.accounts.models import Grant, User
from app.cases.letters import letter_to
from app.core.actor import Role
from app.core.clock import now
from app.core.database import db, transaction
from app.core.jobs import ClaimedJob, Later, enqueue, job_row
from app.core.settings import settings
from app.delivery.service import NotDelivered, send_mail
from app.programs.hints import is_stale
from app.programs.service import hospital


def stale_labels() -> int:
    """How many label facts of the version in force nobody has read for half a year."""
    today = now().astimezone(hospital().zone).date()
    return sum(is_stale(fact, today) for fact in hospital().label_facts)


def remind() -> None:
    """The worker's chore: a job for each administrator, once a month."""
    if not stale_labels():
        return
    at, version = now(), hospital().version
    people = db.session.execute(
        select(User.id).join(Grant, Grant.user_id == User.id)
        .where(Grant.role == Role.ADMINISTRATOR, User.active).distinct()
    ).scalars().all()  # fmt: skip
    with transaction() as session:
        rows = [
            job_row(
                session, "mail_administrator", dedupe_key=f"stale:{version}:{at:%Y-%m}:{one}", at=at, subject_id=one
            )
            for one in people
        ]
        enqueue(session, rows)


def mail_administrator(job: ClaimedJob) -> None:
    """Say how many, and where they stand."""
    address = db.session.execute(select(User.email).where(User.id == job.subject_id, User.active)).scalar_one_or_none()
    stale = stale_labels()
    if address is None or not stale:
        return
    link = f"{settings().public_url.rstrip('/')}/admin"
    body = render_template("email/labels/body.txt", stale=stale, link=link, hospital=hospital().folder)
    try:
        send_mail(settings(), letter_to(address, _("Please read the label facts again"), body, job))
    except NotDelivered as fault:
        if not fault.final:
            raise Later(fault.fault) from None
