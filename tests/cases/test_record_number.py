"""Our record number: read back before it is saved, sealed, found by search, and an alarm where two open cases have it."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select, update

from app.cases.domain import Status
from app.cases.models import BlindToken, Case
from app.core.database import db
from tests.pages import Browser, search, words
from tests.sending import send, set_rows

HANDLE = "h" * 43


def typed(desk: Browser, reference: str, number: str) -> Any:
    """Type a number; the answer reads it back."""
    desk.get(f"/desk/cases/{reference}/record-number")
    return desk.post(f"/desk/cases/{reference}/record-number", {"number": number, "seen": desk.hidden("seen")})


def confirmed(desk: Browser, reference: str, number: str, **fields: str) -> Any:
    """Say yes to what was read back."""
    shown = {name: desk.hidden(name) for name in ("seen", "whom")}
    return desk.post(
        f"/desk/cases/{reference}/record-number", {"number": number, "confirmed": "yes", **shown, **fields}
    )


def test_it_is_read_back_with_name_and_birth_date_then_sealed_and_found(
    staffed: Flask, clock: Any, desk: Browser
) -> None:
    receipt = send(staffed, handle=HANDLE)
    shown = words(typed(desk, receipt.reference, " 00-4711 22 "))
    for said in ("00-4711 22", "Itzel Quiñones", "Do these three stand together in our records?"):
        assert said in shown
    with staffed.app_context():
        assert not db.session.execute(select(BlindToken).where(BlindToken.kind == "our_mrn")).all(), (
            "nothing is saved yet"
        )
        db.session.remove()
    assert confirmed(desk, receipt.reference, "00-4711 22", whom="Somebody|Else|2018-01-01").status_code == 422
    typed(desk, receipt.reference, "00-4711 22")
    assert confirmed(desk, receipt.reference, "00-4711 22").status_code == 303
    assert "MRN 00-4711 22" in words(desk.get(f"/desk/cases/{receipt.reference}"))
    with staffed.app_context():
        case = db.session.get_one(Case, receipt.case_id)
        assert b"4711" not in case.identity
        db.session.remove()
    assert receipt.reference in search(desk, "00471122").text
    # Who looked at the page before it was linked is told, and a correction by the sender takes it away from nobody.
    assert confirmed(desk, receipt.reference, "1", seen="").status_code == 409
    send(staffed, handle=HANDLE, child_given_name="Ixchel")
    assert "MRN 00-4711 22" in words(desk.get(f"/desk/cases/{receipt.reference}"))
    # Taken away, it finds nothing.
    typed(desk, receipt.reference, "")
    assert confirmed(desk, receipt.reference, "").status_code == 303
    assert receipt.reference not in search(desk, "00471122").text


def test_two_open_cases_with_one_number_are_an_alarm_on_both(staffed: Flask, clock: Any, desk: Browser) -> None:
    one, other = send(staffed), send(staffed, child_given_name="Nayeli")
    for receipt in (one, other):
        typed(desk, receipt.reference, "471122")
        confirmed(desk, receipt.reference, "471122")
    for here, there in ((one, other), (other, one)):
        shown = words(desk.get(f"/desk/cases/{here.reference}"))
        assert f"Two open cases have this MRN. Find out which is right: {there.reference}" in shown
        assert "Another open case has the same record number" in shown
    set_rows(staffed, update(Case).where(Case.id == other.case_id).values(is_open=False, status=Status.CLOSED))
    for receipt in (one, other):
        assert "Two open cases" not in words(desk.get(f"/desk/cases/{receipt.reference}")), (
            "an ended one does not count"
        )
