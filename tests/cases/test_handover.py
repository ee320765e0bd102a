"""A case handed over: no date moves, nobody keeps what they may not read, the other program is told, and all is written down."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.service import add_user
from app.audit.models import AuditRecord
from app.cases import acts
from app.cases.domain import Kind, Status
from app.cases.events import part
from app.cases.handover import hand_over
from app.cases.models import Case
from app.cases.models_work import Event, Task
from app.core.actor import Role
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import Conflict, NotAllowed, Refused
from tests.cases.test_acts import actor, inside, kinds, task  # noqa: F401  inside is a fixture
from tests.pages import PASSWORD
from tests.sending import send, set_rows, work
from tests.services import Mailbox

STAYS = (
    Case.status, Case.next_step, Case.due_at, Case.first_contact_due_at, Case.program_version, Case.attention_band,
    Case.attention_at, Case.received_at,
)  # fmt: skip


def test_the_program_changes_and_no_date_moves(inside: Flask) -> None:  # noqa: F811
    receipt, ana = send(inside), actor(inside)
    with transaction() as session:
        acts.claim(session, receipt.case_id, ana, now())
    before = db.session.execute(select(*STAYS)).one()
    with transaction() as session:
        hand_over(session, receipt.case_id, ana, now(), seen="cart", to="gene_therapy", reason=" Sickle cell. ")
    assert db.session.execute(select(*STAYS)).one() == before
    case = db.session.execute(select(Case)).scalar_one()
    assert (case.program, case.assignee_id) == ("gene_therapy", ana.id), "Ana works in both"
    line = part(db.session(), case.id).events[0]
    assert (line.row.kind, line.row.old_value, line.row.new_value) == ("handed_over", "cart", "gene_therapy")
    assert (line.row.actor_id, line.detail) == (ana.id, {"reason": "Sickle cell."})
    assert b"Sickle" not in (line.row.detail or b"")
    trail = select(AuditRecord.program).where(AuditRecord.action == "case_changed", AuditRecord.actor_id == ana.id)
    assert sorted(map(str, db.session.execute(trail).scalars())) == ["cart", "cart", "gene_therapy"]


def test_who_does_not_work_there_keeps_neither_case_nor_task(inside: Flask) -> None:  # noqa: F811
    receipt, ana, ben = send(inside), actor(inside), actor(inside, "ben.okafor")
    with transaction() as session:
        acts.claim(session, receipt.case_id, ben, now())
    set_rows(inside, *(task(receipt.case_id, one) for one in (ben.id, ana.id)), task(receipt.case_id, ben.id, done_at=now()))  # fmt: skip
    with transaction() as session:
        hand_over(session, receipt.case_id, ben, now(), seen="cart", to="transplant", reason="r")
    case = db.session.execute(select(Case)).scalar_one()
    assert (case.assignee_id, case.is_open, case.next_step) == (None, True, "first_contact")
    assert case.due_at is not None
    assert sorted(kinds(receipt.case_id)[-2:]) == ["assigned", "handed_over"]
    left = db.session.execute(select(Task.assignee_id, Task.done_at.is_(None))).all()
    assert sorted(left, key=str) == sorted([(None, True), (ana.id, True), (ben.id, False)], key=str)


def test_the_other_programs_coordinators_are_told_without_content(
    make_app: Callable[..., Flask], mailbox: tuple[Mailbox, int]
) -> None:
    box, port = mailbox
    app = make_app(MAIL_HOST="127.0.0.1", MAIL_PORT=str(port), MAIL_TLS="0")
    with app.test_request_context():
        with transaction() as session:
            for login, desk in (("here", "cart"), ("there", "transplant")):
                add_user(
                    session, email=f"{login}@example.org", name=login, password=PASSWORD,
                    grants={desk: [Role.COORDINATOR]},
                )  # fmt: skip
        receipt = send(app, contact_email="")
        work(app)
        assert [letter["To"] for letter in box.letters] == ["here@example.org"]
        with transaction() as session:
            hand_over(session, receipt.case_id, actor(app, "here"), now(), seen="cart", to="transplant", reason="WORDS")
        work(app)
        db.session.remove()
    assert [letter["To"] for letter in box.letters] == ["here@example.org", "there@example.org"]
    told = str(box.letters[-1])
    assert receipt.reference in told
    assert "WORDS" not in told
    assert "transplant" not in told.replace("there@example.org", "")


def test_what_cannot_be_handed_over_is_refused_with_the_cause(inside: Flask) -> None:  # noqa: F811
    ana = actor(inside)
    open_case, ended = send(inside).case_id, send(inside, Kind.REFERRAL).case_id
    with transaction() as session:
        acts.change_status(session, ended, ana, now(), seen="new", to=Status.WITHDRAWN, reason="r")
    for case_id, to, reason, field in (
        (open_case, "cart", "r", "to"), (open_case, "", "r", "to"), (open_case, "nowhere", "r", "to"),
        (open_case, "transplant", " \n", "reason"), (ended, "transplant", "r", "to"),
    ):  # fmt: skip
        with pytest.raises(Refused) as refused, transaction() as session:
            hand_over(session, case_id, ana, now(), seen="cart", to=to, reason=reason)
        assert refused.value.field == field, (to, reason)
    with pytest.raises(Conflict) as conflict, transaction() as session:
        hand_over(session, open_case, ana, now(), seen="gene_therapy", to="transplant", reason="r")
    assert (conflict.value.mine, conflict.value.theirs) == ("transplant", "cart")
    with pytest.raises(NotAllowed), transaction() as session:
        hand_over(session, open_case, actor(inside, "petra.quist"), now(), seen="cart", to="transplant", reason="r")
    assert set(db.session.execute(select(Case.program)).scalars()) == {"cart"}
    assert "handed_over" not in set(db.session.execute(select(Event.kind)).scalars())


def test_a_program_in_which_nobody_works_is_given_no_case(app: Flask) -> None:
    with app.test_request_context():
        with transaction() as session:
            for login, grants in (
                ("cleo", {"cart": [Role.COORDINATOR]}),
                ("dan", {"transplant": [Role.PRIVACY_OFFICER, Role.ADMINISTRATOR]}),
            ):
                add_user(session, email=f"{login}@example.org", name=login, password=PASSWORD, grants=grants)
        receipt = send(app)
        with pytest.raises(Refused) as refused, transaction() as session:
            hand_over(session, receipt.case_id, actor(app, "cleo"), now(), seen="cart", to="transplant", reason="r")
        assert "Nobody works in that program" in refused.value.message
        db.session.remove()
