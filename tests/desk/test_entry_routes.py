"""Both forms filled in by staff: what a caller did not say is not asked of them, and what becomes of it is a case as any other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Row, func, select
from werkzeug.test import TestResponse

from app.accounts.models import User
from app.cases.domain import Kind
from app.cases.models import Case, Consent, Party, Submission
from app.cases.models_work import Event, Task
from app.core.database import db
from app.core.jobs import Job
from app.drafts.models import DraftRow
from tests.conftest import add_people
from tests.doors import USUAL
from tests.pages import Browser
from tests.stories.ways import Answers

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
DOORS = pytest.mark.parametrize("kind", list(Kind))
PAGES = {
    Kind.INQUIRY: ("told", "you", "child", "treatment", "question"),
    Kind.REFERRAL: ("told", "patient", "clinical"),
}
TOLD: Answers = {"channel": ["phone"], "told_by": ["other"], "told_by_name": ["Perpetua Lindqvist"]}
EMPTY: Answers = {name: [""] for name in ("treating_hospital", "message", "clinical_question")}
# The least that makes a case: whom it is about, and a way to reach who told it.
FLOOR: dict[Kind, Answers] = {
    Kind.INQUIRY: {**TOLD, "contact_phone": ["(617) 555-0119"], "child_given_name": ["Itzel"]},
    Kind.REFERRAL: {
        **TOLD, "patient_given_name": ["Barnaby"], "patient_mrn": ["4471-B"], "back_line_phone": ["(413) 555-0112"],
    },
}  # fmt: skip


def begin(desk: Browser, kind: Kind) -> str:
    """Begin a form at the desk; its address up to and with the handle."""
    answer = desk.get(f"/desk/new/{kind}")
    desk.follow(answer)
    return str(answer.location).rsplit("/", 1)[0]


def fill(desk: Browser, form: str, kind: Kind, answers: Answers) -> TestResponse:
    """Every page in its turn; the check page, or what was refused."""
    for slug in PAGES[kind]:
        desk.get(f"{form}/{slug}")
        answer = desk.post(f"{form}/{slug}", {**EMPTY, **answers})
        if answer.status_code != 303 or "wrong" in str(answer.location):
            return desk.follow(answer)
    return desk.get(f"{form}/check")


def enter(desk: Browser, kind: Kind, answers: Answers) -> str:
    """The whole way; returns the form's address. The browser stands on what to say before hanging up."""
    form = begin(desk, kind)
    assert fill(desk, form, kind, answers).status_code == 200
    answer = desk.post(f"{form}/check", answers)
    assert str(answer.location).endswith("/sent"), desk.follow(answer).text
    desk.follow(answer)
    return form


def only(app: Flask, *what: Any) -> Row[Any]:
    """The one row there is."""
    with app.app_context():
        return db.session().execute(select(*what)).one()


@DOORS
def test_the_least_that_somebody_told_becomes_a_case(staffed: Flask, desk: Browser, kind: Kind) -> None:
    enter(desk, kind, FLOOR[kind])
    sent = only(
        staffed, Submission.kind, Submission.channel, Submission.told_by, Submission.actor_kind, Submission.actor_id
    )
    ana = only_user(staffed)
    assert sent == (kind, "phone", "other", "staff", ana)
    case = only(staffed, Case.reference, Case.status, Case.possibly_automatic)
    assert (case.status, case.possibly_automatic) == ("new", False)
    assert only(staffed, Event.actor_id, Event.new_value) == (ana, "phone")
    page = desk.page
    assert case.reference in page
    assert f"Your reference number is {case.reference}" in page
    assert "We will call you by" in page
    desk.get(f"/desk/cases/{case.reference}")
    assert "written down by Ana Ribeiro" in desk.page
    assert "<b><bdi>Perpetua Lindqvist</bdi></b>" in desk.page  # on the card with the number
    assert "Not named" not in desk.page


def only_user(app: Flask) -> Any:
    """Who is signed in at the desk of these tests."""
    with app.app_context():
        return db.session().execute(select(User.id).where(User.email == "ana.ribeiro@example.org")).scalar_one()


@SQLITE
@DOORS
def test_every_answer_of_the_public_form_can_be_written_down(staffed: Flask, desk: Browser, kind: Kind) -> None:
    enter(desk, kind, {**USUAL[kind], **TOLD, "channel": ["fax"]})
    desk.get(f"/desk/cases/{only(staffed, Case.reference).reference}")
    for words in USUAL[kind].get("message", USUAL[kind].get("clinical_question", [])):
        assert words in desk.page


@SQLITE
@pytest.mark.parametrize(
    ("kind", "left_out", "words"),
    [
        (Kind.INQUIRY, "channel", "Choose how it came"),
        (Kind.INQUIRY, "told_by", "Choose who told it"),
        (Kind.INQUIRY, "contact_phone", "Write a phone number or an email address"),
        (Kind.INQUIRY, "child_given_name", "Write the first name"),
        (Kind.REFERRAL, "patient_given_name", "given name"),
        (Kind.REFERRAL, "patient_mrn", "we need two identifiers"),
        (Kind.REFERRAL, "back_line_phone", "reaches a person at your practice"),
    ],
)
def test_what_no_case_can_do_without_is_asked_for(desk: Browser, kind: Kind, left_out: str, words: str) -> None:
    form = begin(desk, kind)
    fill(desk, form, kind, {**FLOOR[kind], left_out: [""]})
    assert words in desk.page


@SQLITE
def test_an_answer_that_was_given_is_held_to_the_same_rules(desk: Browser) -> None:
    form = begin(desk, Kind.INQUIRY)
    born = {"child_dob-month": ["2"], "child_dob-day": ["30"], "child_dob-year": ["2019"]}
    fill(desk, form, Kind.INQUIRY, {**FLOOR[Kind.INQUIRY], **born})
    assert "That day is not in that month" in desk.page


@SQLITE
@pytest.mark.parametrize(
    ("answer", "kept", "shown", "mails"),
    [("yes", [True], "Yes, said by phone", 1), ("no", [False], "No, said by phone", 0), ("", [], "Not asked", 0)],
)
def test_a_permission_is_kept_as_it_was_said_and_nothing_goes_out_without_one(
    staffed: Flask, desk: Browser, answer: str, kept: list[bool], shown: str, mails: int
) -> None:
    mail = {"contact_email": ["odalys@example.org"]}
    enter(desk, Kind.INQUIRY, {**FLOOR[Kind.INQUIRY], **mail, "consent_contact_me": [answer]})
    with staffed.app_context():
        session = db.session()
        assert list(session.execute(select(Consent.answer).where(Consent.wording == "contact_me")).scalars()) == kept
        assert set(session.execute(select(Consent.wording)).scalars()) == ({"contact_me"} if kept else set())
        jobs = session.execute(select(func.count()).where(Job.kind == "send_receipt")).scalar_one()
        assert jobs == mails
        assert session.execute(select(func.count()).select_from(Task)).scalar_one() == 1 - mails
    desk.get(f"/desk/cases/{only(staffed, Case.reference).reference}")
    assert shown in desk.page


@SQLITE
@pytest.mark.parametrize(("reads", "letters"), [("es", "es"), ("vi", "en"), ("", "en")])
def test_letters_are_in_the_familys_language_where_we_have_it(
    staffed: Flask, desk: Browser, reads: str, letters: str
) -> None:
    staffed.extensions["languages"] = lambda: ("es", "en")
    enter(desk, Kind.INQUIRY, {**FLOOR[Kind.INQUIRY], "preferred_language": [reads]})
    assert only(staffed, Submission.locale).locale == letters


@SQLITE
def test_what_was_not_said_is_unknown_and_not_no(staffed: Flask, desk: Browser) -> None:
    enter(desk, Kind.INQUIRY, FLOOR[Kind.INQUIRY])
    assert only(staffed, Party.interpreter, Party.language_spoken) == (None, None)
    assert only(staffed, Case.language, Case.age_band) == ("und", None)


@SQLITE
@DOORS
def test_twice_the_same_button_is_one_case(staffed: Flask, desk: Browser, kind: Kind) -> None:
    form = enter(desk, kind, FLOOR[kind])
    again = desk.post(f"{form}/check", FLOOR[kind])
    assert str(again.location).endswith("/sent")
    only(staffed, Submission.id)


@SQLITE
def test_a_form_of_the_desk_opens_at_no_public_address(staffed: Flask, desk: Browser) -> None:
    form = begin(desk, Kind.INQUIRY)
    desk.post(f"{form}/told", TOLD)
    desk.get(f"{form}/child")
    assert desk.post(f"{form}/child", {"child_given_name": "Itzel"}).status_code == 303
    public = Browser(staffed.test_client())
    handle = form.rsplit("/", 1)[-1]
    public.get(f"/inquiry/{handle}/child")
    assert "Itzel" not in public.page
    stranger = staffed.test_client().get(f"{form}/child")
    assert (stranger.status_code, "Itzel" in stranger.text) == (303, False)


@SQLITE
def test_who_signs_in_again_goes_on_with_the_form_and_what_was_typed(staffed: Flask, desk: Browser) -> None:
    form = begin(desk, Kind.INQUIRY)
    desk.post(f"{form}/told", TOLD)
    desk.get(f"{form}/told")
    desk.client.post("/sign-out", data={"csrf_token": desk.hidden("csrf_token")})
    answer = desk.get(f"{form}/told")
    assert "/sign-in" in str(answer.location)
    desk.follow(answer)
    back = desk.sign_in(next=f"{form}/told")
    assert str(back.location).endswith(f"{form}/told")
    desk.follow(back)
    assert "Perpetua Lindqvist" in desk.page


@SQLITE
def test_no_limit_of_the_public_holds_up_a_coordinator(make_app: Callable[..., Flask]) -> None:
    app = make_app(LIMIT_DRAFT_POSTS="2 per hour", LIMIT_ADDRESS_POSTS="2 per hour", LIMIT_ADDRESS_STARTS="1 per hour",
                   MINIMUM_FILL_SECONDS="60")  # fmt: skip
    add_people(app)
    desk = Browser(app.test_client())
    desk.sign_in()
    for _call in range(2):
        enter(desk, Kind.REFERRAL, FLOOR[Kind.REFERRAL])
    with app.app_context():
        assert list(db.session().execute(select(Case.possibly_automatic)).scalars()) == [False, False]
        assert db.session().execute(select(func.count()).select_from(DraftRow)).scalar_one() == 0


@SQLITE
def test_a_child_of_the_same_caller_keeps_what_was_told_of_the_caller(desk: Browser) -> None:
    form = enter(desk, Kind.INQUIRY, FLOOR[Kind.INQUIRY])
    answer = desk.post(f"{form}/another", {})
    desk.follow(answer)
    second = str(answer.location).rsplit("/", 1)[0]
    assert second != form
    desk.get(f"{second}/told")
    assert "Perpetua Lindqvist" in desk.page
    desk.get(f"{second}/child")
    assert "Itzel" not in desk.page


@SQLITE
def test_a_case_of_another_program_is_named_and_not_opened(staffed: Flask) -> None:
    ben = Browser(staffed.test_client())
    ben.sign_in("ben.okafor")
    enter(ben, Kind.INQUIRY, {**FLOOR[Kind.INQUIRY], "diagnosis": ["sickle_cell"]})
    assert "Another program takes this case" in ben.page
    assert "/desk/cases/" not in ben.page


@DOORS
def test_a_form_of_one_coordinator_is_none_to_another_before_and_after_it_was_sent(
    staffed: Flask, desk: Browser, kind: Kind
) -> None:
    form = begin(desk, kind)
    fill(desk, form, kind, FLOOR[kind])
    ben = Browser(staffed.test_client())
    ben.sign_in("ben.okafor")
    for _moment in ("before", "after"):
        for path in (*PAGES[kind], "check", "sent", "elsewhere"):
            assert ben.get(f"{form}/{path}").status_code == 404
        ben.get("/desk/new")
        for path in (PAGES[kind][1], "check", "change", "another"):
            assert ben.post(f"{form}/{path}", FLOOR[kind]).status_code == 404
        desk.get(f"{form}/check")
        desk.post(f"{form}/check", FLOOR[kind])
    assert only(staffed, func.count(Submission.id))[0] == 1


@SQLITE
def test_who_may_not_work_on_a_case_does_not_correct_it_with_the_form_that_made_it(staffed: Flask) -> None:
    ben = Browser(staffed.test_client())
    ben.sign_in("ben.okafor")
    form = enter(ben, Kind.INQUIRY, {**FLOOR[Kind.INQUIRY], "diagnosis": ["sickle_cell"]})
    ben.post(f"{form}/change", {})
    ben.get(f"{form}/you")
    ben.post(f"{form}/you", {"contact_phone": "(617) 555-0188"})
    ben.get(f"{form}/check")
    assert ben.post(f"{form}/check", FLOOR[Kind.INQUIRY]).status_code == 403
    assert only(staffed, func.count(Submission.id))[0] == 1
