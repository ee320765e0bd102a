"""A decision against, as it goes: a clinician, the family by phone, then the referrer; and nobody reads it before their turn."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from app.cases.domain import Kind, Status
from app.cases.links import secret_of
from app.cases.models import Case, Link, Party, Submission
from app.core.database import db
from tests.cases.test_letters import mailing, text_of
from tests.conftest import add_people
from tests.messaging import Family
from tests.pages import Browser, words
from tests.sending import send, set_rows, work
from tests.services import Mailbox

REASON = "The leukemia no longer carries the marker that our cells look for."
INSTEAD = "An antibody trial in Boston takes such patients."
GIVEN = ("candidate", "cannot offer", "marker", "antibody", "decided")  # a word of the decision, in any letter or page


def signed_in(app: Flask, who: str) -> Browser:
    """Somebody at the desk."""
    browser = Browser(app.test_client())
    browser.sign_in(who)
    return browser


def on_one_case(app: Flask) -> tuple[Family, Family]:
    """A practice's referral, and a mother's inquiry joined to its case; in review."""
    practice, mother = Family(app, Kind.REFERRAL), Family(app, answers={"preferred_language": "en"})
    case_id = practice.receipt.case_id
    moved = (update(one).where(one.case_id == mother.receipt.case_id).values(case_id=case_id) for one in (Submission, Party, Link))  # fmt: skip
    set_rows(app, *moved, update(Case).where(Case.id == case_id).values(status=Status.IN_REVIEW))
    practice.enter()
    mother.enter()
    return practice, mother


def pages_of(person: Family) -> str:
    """Everything that somebody reads behind their link."""
    return words(person.browser.get(person.page)) + words(person.browser.get(f"{person.page}/messages"))


def decide(browser: Browser, reference: str, **fields: str) -> Any:
    """Decide against, as a clinician does."""
    browser.get(f"/desk/cases/{reference}")
    seen = {"seen": Status.IN_REVIEW, "reason": REASON, "alternative": INSTEAD}
    return browser.post(f"/desk/cases/{reference}/decline", seen | fields)


def told(browser: Browser, reference: str, **fields: str) -> Any:
    """Log that the family was told."""
    browser.get(f"/desk/cases/{reference}")
    usual = {"how": "family_told", "by": "Dr. Amsel", "on": "2030-01-07"}
    return browser.post(f"/desk/cases/{reference}/told", usual | fields)


def leaked(text: str) -> list[str]:
    """What of the decision is said."""
    return [one for one in (*GIVEN, REASON, INSTEAD) if one.lower() in text.lower()]


def test_the_family_hears_it_from_a_person_and_only_then_the_referrer_reads_it(
    make_app: Callable[..., Flask], mailbox: tuple[Mailbox, int], clock: Any
) -> None:
    kept, port = mailbox
    app = mailing(make_app, port)
    add_people(app)
    practice, mother = on_one_case(app)
    reference, ana, ruth = practice.receipt.reference, signed_in(app, "ana.ribeiro"), signed_in(app, "ruth.amsel")
    work(app)
    before = pages_of(practice)

    # A coordinator has no such act; a clinician writes why.
    assert "Decide against" not in words(ana.get(f"/desk/cases/{reference}"))
    assert decide(ana, reference).status_code == 403
    assert decide(ruth, reference, reason=" ").status_code == 422
    assert decide(ruth, reference).status_code == 303
    work(app)

    # The family's page says who calls and nothing else; the referrer's is what it was; no letter went but the receipts.
    family = pages_of(mother)
    assert "A doctor will call you." in family
    assert "Our doctors meet" not in family
    assert leaked(family + pages_of(practice) + "".join(letters(kept))) == []
    assert pages_of(practice) == before
    assert not [one for one in letters(kept) if "There is a message for you" in one]

    # The case cannot be forgotten meanwhile, and whoever writes to anybody is warned.
    row = words(ana.get("/desk"))
    assert "The family is to be told of a decision" in row
    assert "the family has not been told" in words(ana.get(f"/desk/cases/{reference}/messages/{practice.party}"))
    practice.write("Any news?")
    assert practice.case().status == Status.NOT_A_CANDIDATE_NOW

    # Not before the decision, not tomorrow, not by nobody.
    for wrong in ({"on": "2030-01-06"}, {"on": "2030-01-08"}, {"on": ""}, {"by": " "}, {"how": ""}):
        assert told(ana, reference, **wrong).status_code == 422, wrong
    assert leaked(pages_of(practice)) == []

    assert told(ana, reference).status_code == 303
    work(app)
    read = pages_of(practice)
    assert "You find the decision and the reason in your messages." in read
    assert REASON in read
    assert INSTEAD in read
    mail = [one for one in letters(kept) if "There is a message for you on your private page" in one]
    assert len(mail) == 1
    assert leaked("".join(letters(kept))) == []
    assert leaked(pages_of(mother)) == []
    assert "A doctor will call you" not in pages_of(mother)
    assert reference not in words(ana.get("/desk"))
    assert told(ana, reference).status_code == 422, "once"


def letters(kept: Mailbox) -> list[str]:
    """Subjects and bodies of everything that went out."""
    return [text_of(one) for one in kept.letters]


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_until_the_family_was_told_the_page_reads_as_that_of_an_accepted_patient(staffed: Flask, clock: Any) -> None:
    ruth, read = signed_in(staffed, "ruth.amsel"), []
    for declined in (True, False):
        receipt = send(staffed, Kind.REFERRAL)
        set_rows(staffed, update(Case).where(Case.id == receipt.case_id).values(status=Status.IN_REVIEW))
        address = f"/desk/cases/{receipt.reference}"
        ruth.get(address)
        if declined:
            decide(ruth, receipt.reference)
        else:
            ruth.post(f"{address}/status", {"seen": Status.IN_REVIEW, "to": Status.ACCEPTED_CONSULT, "reason": ""})
        with staffed.app_context():
            assert db.session.get_one(Case, receipt.case_id).decided_at
            page = "/follow/" + secret_of(db.session(), receipt.link_id, receipt.link_issue)
            db.session.remove()
        text = Browser(staffed.test_client()).get(page).text
        read.append(re.sub(r"nonce-\w+|nonce=\"[^\"]*\"", "", text.replace(page, "").replace(receipt.reference, "")))
    assert read[0] == read[1]


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_who_tells_them_may_be_agreed_and_is_asked_after(staffed: Flask, clock: Any, desk: Browser) -> None:
    practice, mother = on_one_case(staffed)
    reference = practice.receipt.reference
    decide(signed_in(staffed, "ruth.amsel"), reference)
    assert (
        told(desk, reference, how="telling_agreed", by="Dr. Brandt, at the visit on Friday", on="").status_code == 303
    )
    assert REASON in pages_of(practice)
    assert "A doctor will call you." in pages_of(mother)
    shown = words(desk.get(f"/desk/cases/{reference}"))
    assert "Ask whether the family was told" in shown
    assert "Dr. Brandt, at the visit on Friday" in shown
    assert told(desk, reference).status_code == 303
    assert pages_of(practice).count(REASON) == 1, "the referrer is told once"
    assert not practice.case().is_open
