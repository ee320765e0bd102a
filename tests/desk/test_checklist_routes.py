"""The records page: two clicks to mark, a conflict shown, and a file that completes what a review needs."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.audit.models import AuditRecord
from app.cases.domain import Kind, Receipt
from app.cases.models import Case
from app.core.database import db
from tests.cases.test_checklist import NEEDED
from tests.filing import Sender, kept_files
from tests.filing import mark as mark_files
from tests.pages import Browser, words
from tests.papers import pdf
from tests.sending import send, set_rows

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)


@pytest.fixture
def records(desk: Browser, staffed: Flask) -> tuple[Browser, Receipt, str]:
    """A coordinator on the list of a referral."""
    receipt = send(staffed, Kind.REFERRAL, record_flow_cytometry="sent")
    address = f"/desk/cases/{receipt.reference}/records"
    desk.get(address)
    return desk, receipt, address


def seen(desk: Browser, *items: str) -> dict[str, object]:
    """What ticking posts."""
    return {"item": list(items), **{f"seen-{item}": desk.hidden(f"seen-{item}") for item in items}}


def test_records_are_marked_and_the_case_says_how_far_they_are(records: tuple[Browser, Receipt, str]) -> None:
    desk, receipt, address = records
    case = f"/desk/cases/{receipt.reference}"
    page = words(desk.get(case))
    assert (
        "0 of 4, missing: Pathology report, Flow cytometry (on its way), Bone marrow report, Treatment summary" in page
    )
    assert "Starts when the records are complete" in page
    desk.get(address)
    assert desk.post(address, {**seen(desk, *NEEDED[:3]), "to": "received"}).status_code == 303
    page = words(desk.get(address))
    assert "Needed for a review: 3 of 4, missing: Treatment summary with dates" in page
    assert "received Ana Ribeiro, Today" in page
    answer = desk.post(address, {**seen(desk, NEEDED[3]), "to": "waived", "reason": ""})
    assert answer.status_code == 422
    assert "Write why the review can do without it" in words(answer)
    assert f'value="{NEEDED[3]}" checked' in desk.page
    desk.post(address, {**seen(desk, NEEDED[3]), "to": "waived", "reason": "In the letter"})
    page = words(desk.get(case))
    assert "4 of 4" in page
    assert "records complete for 0 days" in page
    assert "Records complete: the decision is due" in page
    assert "In the letter" in page


@SQLITE
def test_a_stale_list_overwrites_nothing_and_shows_what_another_did(
    records: tuple[Browser, Receipt, str], staffed: Flask
) -> None:
    desk, _receipt, address = records
    stale = seen(desk, "flow_cytometry")
    ben = Browser(staffed.test_client())
    ben.sign_in("ben.okafor")
    ben.get(address)
    ben.post(address, {**seen(ben, "flow_cytometry"), "to": "received"})
    answer = desk.post(address, {**stale, "to": "not_available"})
    assert answer.status_code == 409
    assert "Flow cytometry: received Ben Okafor, Today" in words(answer)


@SQLITE
def test_only_who_works_on_the_case_marks_and_every_view_is_on_the_trail(
    records: tuple[Browser, Receipt, str], staffed: Flask
) -> None:
    desk, receipt, address = records
    petra = Browser(staffed.test_client())
    petra.sign_in("petra.quist")
    page = petra.get(address)
    assert page.status_code == 200
    assert "Received" not in words(page)
    assert petra.post(address, {"item": "imaging", "seen-imaging": "missing", "to": "received"}).status_code == 403
    for wrong in ({"to": "received"}, {**seen(desk, "imaging"), "to": "lost"}, {"item": "x", "to": "received"}):
        assert desk.post(address, wrong).status_code == 422
    with staffed.app_context():
        viewed = db.session.execute(select(AuditRecord.subject_id).where(AuditRecord.action == "records_viewed"))
        assert set(viewed.scalars()) == {receipt.case_id}
        assert db.session.execute(select(Case.records_complete_at)).scalar_one() is None


@SQLITE
def test_a_record_is_here_as_long_as_a_file_that_can_be_opened_stands_on_it(
    records: tuple[Browser, Receipt, str], staffed: Flask
) -> None:
    desk, receipt, address = records
    person, files = Sender(staffed, receipt), address.replace("/records", "/files")
    person.send(("a.pdf", pdf(b"a")), ("b.pdf", pdf(b"b")))
    ids = {name: str(row.id) for name, (row, _content) in kept_files(staffed).items()}

    def sort(name: str, item: str) -> str:
        desk.get(files)
        assert desk.post(f"{files}/sort", {"file": ids[name], "item": item}).status_code == 303
        return words(desk.get(address))

    assert "1 of 4" in sort("a.pdf", "flow_cytometry")
    assert "received a file stands on it" in words(desk.get(address))
    assert "1 of 4" in sort("b.pdf", "flow_cytometry")
    assert "1 of 4" in sort("a.pdf", "other")
    assert "0 of 4" in sort("b.pdf", "identity")
    assert "missing a file stands on it" not in words(desk.get(address)), "it is gone from the record"
    mark_files(staffed, "infected")
    assert "0 of 4" in sort("a.pdf", "flow_cytometry")


@SQLITE
def test_a_familys_page_says_in_plain_words_what_is_needed_from_whom_and_nothing_after_a_stop(staffed: Flask) -> None:
    person = Sender(staffed)
    page = person.page()
    assert "From the doctor or the hospital. You do not need to get these: The report of the tissue test" in page
    assert "of 4" not in page
    set_rows(staffed, update(Case).values(contact_stop=True))
    assert "What we still need" not in person.page()
