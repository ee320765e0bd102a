"""Pages of a case and of the queue that grew: as many statements as of a small one, a small page, and nothing cut off."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from html import unescape

from flask import Flask
from sqlalchemy import select

from app.accounts.models import User
from app.cases.domain import Receipt
from app.cases.events import PART, SHOWN
from app.cases.models import Party
from app.cases.models_work import ContactAttempt, Event, Message, Note
from app.core.clock import now
from app.core.database import Base, db
from app.core.ids import new_id
from app.core.sealing import DataKey, ring
from app.records.models import File
from tests.desk.test_file_routes import statements
from tests.pages import Browser
from tests.sending import send, set_rows

MOST = 150_000


@dataclass
class Grown:
    """How much was put on a case."""

    files: int
    events: int
    messages: int
    notes: int


SMALL, LARGE = Grown(5, 20, 5, 5), Grown(500, 2000, 100, 100)


def grow(app: Flask, receipt: Receipt, by: Grown) -> None:
    """Lay rows of every kind on a case, newest last, each line with words of its own."""
    case_id, begins = receipt.case_id, now() - timedelta(days=9)
    with app.app_context():
        ana = db.session.execute(select(User.id).where(User.name == "Ana Ribeiro")).scalar_one()
        party = db.session.execute(select(Party).where(Party.case_id == case_id)).scalars().first()
        assert party is not None
        key, party_id = ring().load(db.session(), party.key_id), party.id
        db.session.remove()
    here: dict[str, object] = {"case_id": case_id, "origin_case_id": case_id, "key_id": key.id, "party_id": party_id}
    at = [begins + timedelta(seconds=number) for number in range(by.events + by.messages + by.notes)]
    rows: dict[type[Base], list[dict[str, object]]] = {File: [], Event: [], Message: [], Note: [], ContactAttempt: []}
    for number in range(by.files):
        made = new_id()
        rows[File].append(here | {
            "id": made, "media_type": "application/pdf", "size": 1, "digest": made.bytes, "scan_state": "clean", "at": at[0],
            "name": key.seal(f"Page {number}.pdf".encode(), ("file", "name", made)), "pieces": "", "copy_pieces": None,
        })  # fmt: skip
        rows[Event].append(line(here, key, at[number % by.events], "file_scanned", None, new="clean"))
    was = {"was": {"child": {"given_name": "Before", "family_name": "Quiñones"}}}
    rows[Event].append(line(here, key, begins - timedelta(days=1), "changed_after_sending", was))
    kinds = ("file_added", "record_marked", "status", "message_received", "change_seen", "page_sent", "tasks_released")
    for number in range(by.events):
        kind = kinds[number % len(kinds)]
        old, new = ("new", "acknowledged") if kind == "status" else ("missing", "received")
        rows[Event].append(
            line(here, key, at[number], kind, {"reason": f"line-{number}.", "item": "imaging"}, old, new)
        )
    for number in range(by.notes):
        note, tried = new_id(), new_id()
        rows[Note].append(without(here, "party_id") | {
            "id": note, "at": at[-1], "author_id": None, "restricted": False,
            "body": key.seal_json(f"note-{number}.", ("note", "body", note)),
        })  # fmt: skip
        rows[Event].append(line(here, key, at[by.events + number], "note_added", None) | {"subject_id": note})
        rows[ContactAttempt].append(here | {
            "id": tried, "at": at[-1], "actor_id": None, "channel": "phone", "outcome": "no_answer", "interpreter": True,
            "detail": key.seal_json(f"try-{number}.", ("contact_attempt", "detail", tried)),
        })  # fmt: skip
        rows[Event].append(
            line(here, key, at[by.events], "contact_logged", None, "phone", "no_answer") | {"subject_id": tried}
        )
    for number in range(by.messages):
        message = new_id()
        rows[Message].append(here | {
            "id": message, "direction": "in" if number % 2 else "out", "channel": "page", "locale": "es", "at": at[number],
            "author_id": None if number % 2 else ana, "state": None if number % 2 else "sent",
            "body": key.seal_json(f"message-{number}. " + "¿Cuándo? " * 20, ("message", "body", message)),
        })  # fmt: skip
    inserts = [
        table.__table__.insert().values(some[place : place + 100])
        for table, some in rows.items()
        for place in range(0, len(some), 100)
    ]
    set_rows(app, *inserts)


def line(
    here: dict[str, object], key: DataKey, at: object, kind: str, detail: object, old: str | None = None, new: str | None = None
) -> dict[str, object]:  # fmt: skip
    """A line of the timeline."""
    made = new_id()
    return here | {
        "id": made, "at": at, "actor_kind": "system", "actor_id": None, "kind": kind, "old_value": old, "new_value": new,
        "subject_id": None, "detail": None if detail is None else key.seal_json(detail, ("event", "detail", made)),
    }  # fmt: skip


def without(row: dict[str, object], name: str) -> dict[str, object]:
    """A row without one column."""
    return {key: value for key, value in row.items() if key != name}


def parts(desk: Browser, first: str) -> Iterable[str]:
    """The timeline's part on each page, from the newest to the oldest."""
    following = first
    while following:
        assert desk.get(following).status_code == 200
        assert len(desk.page.encode()) < MOST, following
        card = desk.page[desk.page.index('id="timeline"') :]
        card = card[: card.index("</section>")]
        yield card
        earlier = re.search(r'href="([^"]+)">Earlier', card)
        following = unescape(earlier.group(1)).split("#")[0] if earlier else ""


def test_a_case_of_any_size_takes_as_many_statements_and_every_line_of_it_is_reached(
    desk: Browser, staffed: Flask
) -> None:
    small, large = send(staffed), send(staffed, child_given_name="Other", contact_phone="(617) 555-0120")
    grow(staffed, small, SMALL)
    grow(staffed, large, LARGE)
    taken: dict[str, list[int]] = {}
    for receipt in (small, large):
        party = party_of(staffed, receipt)
        for page in ("", "?show=calls", "/files", f"/messages/{party}", "/records"):
            address = f"/desk/cases/{receipt.reference}{page}"
            desk.get(address)
            count = statements(staffed, lambda: desk.get(address))  # noqa: B023  called at once
            assert len(desk.page.encode()) < MOST, address
            assert ("To them, by Ana Ribeiro" in desk.page) == (page[:5] not in {"/file", "/reco"}), address
            taken.setdefault(page.replace(str(party), ""), []).append(count)
    assert {page: counts for page, counts in taken.items() if counts[1] > counts[0] + 1} == {}, (
        "every few seconds, one for the program in force"
    )
    first = f"/desk/cases/{large.reference}"
    assert "was <bdi>Before Quiñones</bdi>" in desk.get(first).text, "two thousand later lines hide no correction"
    found, pages = set[str](), 0
    for card in parts(desk, first):
        found |= set(re.findall(r"(?:line|note|try)-\d+\.", card))
        pages += 1
    assert found == {f"line-{number}." for number in range(2000)} | {f"{one}-{n}." for one in ("note", "try") for n in range(100)}  # fmt: skip
    assert pages == 1 + 2202 // PART, "each part is full, and clean scans take no line of it"
    chosen = {show: sum(card.count("<li>") for card in parts(desk, f"{first}?show={show}")) for show in SHOWN}
    assert sum(chosen.values()) == 2202
    assert chosen["notes"] == 100
    assert min(chosen.values()) > 0
    seen, thread = set[str](), f"{first}/messages/{party_of(staffed, large)}"
    while thread:
        desk.get(thread)
        seen |= set(re.findall(r"message-\d+\.", desk.page))
        earlier = re.search(r'href="([^"]+)">Earlier messages', desk.page)
        thread = unescape(earlier.group(1)) if earlier else ""
    assert len(seen) == 100


def party_of(app: Flask, receipt: Receipt) -> object:
    """Who wrote."""
    with app.app_context():
        found = db.session.execute(select(Party.id).where(Party.case_id == receipt.case_id)).scalars().first()
        db.session.remove()
    return found


def test_the_queue_takes_as_many_statements_for_a_whole_page_as_for_five_rows(desk: Browser, staffed: Flask) -> None:
    counts = []
    for more in (5, 50):
        for _one in range(more):
            send(staffed, child_given_name="N" * 40)
        desk.get("/desk?view=open")
        counts.append(statements(staffed, lambda: desk.get("/desk?view=open")))
    assert desk.page.count('<tr id="c-') == 50
    assert "Next page" in desk.page
    assert counts[1] <= counts[0]
    assert len(desk.page.encode()) < MOST
