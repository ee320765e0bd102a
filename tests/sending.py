"""Cases for tests, sent the way the doors send them, without their pages."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import datetime

from flask import Flask
from flask_babel import force_locale
from sqlalchemy import Executable

from app import JOB_HANDLERS
from app.cases.domain import Kind, Receipt
from app.cases.guard import Exempt, writing
from app.core.clock import now
from app.core.database import transaction
from app.core.worker import step
from app.drafts import service as drafts
from app.inquiries.service import submit_inquiry
from app.programs.service import hospital
from app.referrals.service import submit_referral
from app.samples.load import FORMS
from app.web.fields import cleaned_of
from tests.stories.ways import INQUIRY, REFERRAL, Answers

numbers = itertools.count(1)


def send(
    app: Flask, kind: Kind = Kind.INQUIRY, at: datetime | None = None, *, dated: Mapping[str, str] | None = None,
    handle: str | None = None, **answers: str,
) -> Receipt:  # fmt: skip
    """One submission with these answers laid over the usual ones; an empty text takes an answer out.

    `dated` holds answers whose names are no words of Python (`child_dob-year`). A form with the same `handle` is sent
    once more.
    """
    usual: Answers = INQUIRY if kind is Kind.INQUIRY else REFERRAL
    typed = {**usual, **{name: [value] for name, value in {**answers, **(dated or {})}.items()}}
    with app.test_request_context(), force_locale("en"), transaction() as session:
        draft = drafts.start(
            session, program=hospital().folder.code, kind=str(kind), locale="en", answers=typed, at=at or now(), days=30,
            handle=handle,
        )  # fmt: skip
        forms = [form(typed, typed) for form in FORMS[kind]]
        assert all([form.validate() for form in forms]), [form.errors for form in forms]  # noqa: C419
        submit = submit_inquiry if kind is Kind.INQUIRY else submit_referral
        receipt, created = submit(session, draft, cleaned_of(forms), at or now())
        drafts.end(session, draft)
    assert created or handle
    return receipt


def set_rows(app: Flask, *statements: Executable) -> None:
    """Put rows of cases somewhere directly, for a test of what follows from where they stand."""
    with app.app_context(), transaction() as session, writing(Exempt.DRAWN):
        for statement in statements:
            session.execute(statement)


def work(app: Flask) -> None:
    """Do every job that is due."""
    while step(app, JOB_HANDLERS):
        pass
