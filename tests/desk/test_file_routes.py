"""Files on the desk: staff see all, open only what was found clean, and every opening is on the trail."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.audit.models import AuditRecord
from app.core.database import db
from app.core.ids import new_id
from app.core.sealing import ring
from app.records.models import File
from tests.filing import BOUNDARY, Sender, form_body, kept_files, mark, said, shelf
from tests.pages import Browser, words
from tests.papers import GOOD, pdf
from tests.sending import set_rows

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)


@pytest.fixture
def files_page(desk: Browser, staffed: Flask) -> tuple[Browser, Sender, str]:
    """A coordinator on the files of a case, its sender, and the page's address."""
    sender = Sender(staffed)
    address = f"/desk/cases/{sender.receipt.reference}/files"
    desk.get(address)
    return desk, sender, address


def post(desk: Browser, address: str, *files: tuple[str, bytes], token: str | None = None) -> Any:
    """The plain form."""
    fields = {"csrf_token": desk.hidden("csrf_token") if token is None else token}
    return desk.seen(desk.client.post(
        address, data=form_body(fields, files), content_type=f"multipart/form-data; boundary={BOUNDARY}"
    ))  # fmt: skip


def test_a_file_of_the_family_is_listed_scanned_and_saved(files_page: tuple[Browser, Sender, str]) -> None:
    desk, sender, address = files_page
    sender.send(*GOOD.items())
    page = words(desk.get(address))
    assert page.count("waiting for the malware scan") == len(GOOD)
    assert "/files/" not in re.sub(r'action="[^"]*"|/files/[0-9a-f-]+/move"', "", desk.page)
    mark(sender.app, "clean")
    desk.get(address)
    links = re.findall(rf'href="({address}/[0-9a-f-]+)"', desk.page)
    assert len(links) == len(GOOD)
    saved = {}
    for link in links:
        answer = desk.client.get(link)
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "no-store"
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        saved[answer.headers["Content-Disposition"].rpartition("''")[2]] = answer.data
    assert saved == GOOD
    with sender.app.app_context():
        opened = db.session.execute(select(AuditRecord.subject_id).where(AuditRecord.action == "file_opened")).scalars()
        assert set(opened) == {row.id for row, _content in kept_files(sender.app).values()}


@pytest.mark.parametrize("state", ["pending", "infected", "failed"])
def test_nobody_opens_what_was_not_found_clean(files_page: tuple[Browser, Sender, str], state: str) -> None:
    desk, sender, address = files_page
    sender.send(("flow.pdf", pdf()))
    mark(sender.app, state)
    row = kept_files(sender.app)["flow.pdf"][0]
    answer = desk.get(f"{address}/{row.id}")
    assert answer.status_code == 403
    assert "nobody can open it" in said(answer)
    assert b"%PDF" not in answer.data


@SQLITE
def test_a_file_is_found_under_its_own_case_only(files_page: tuple[Browser, Sender, str]) -> None:
    desk, sender, address = files_page
    other = Sender(sender.app)
    other.send(("flow.pdf", pdf()))
    mark(sender.app, "clean")
    row = kept_files(sender.app)["flow.pdf"][0]
    assert desk.get(f"{address}/{row.id}").status_code == 404
    assert desk.get(f"{address}/{uuid.uuid4()}").status_code == 404


def test_a_coordinator_adds_a_file_that_no_sender_sees(files_page: tuple[Browser, Sender, str]) -> None:
    desk, sender, address = files_page
    assert post(desk, address, ("fax.pdf", pdf())).status_code == 303
    assert "fax.pdf" in words(desk.get(address))
    assert "fax.pdf" not in sender.page()
    assert kept_files(sender.app)["fax.pdf"][0].party_id is None
    assert "File added" in words(desk.get(address.removesuffix("/files")))


@SQLITE
def test_a_form_with_a_stale_token_keeps_nothing(files_page: tuple[Browser, Sender, str]) -> None:
    desk, sender, address = files_page
    answer = post(desk, address, ("fax.pdf", pdf()), token="stale")
    assert answer.status_code == 400
    assert kept_files(sender.app) == {}
    assert shelf(sender.app)["pieces"] == 0
    no_token = desk.client.post(f"{address.removesuffix('files')}uploads", headers={"Upload-Length": "5"})
    assert no_token.status_code == 400


@SQLITE
def test_an_upload_after_the_session_ended_asks_to_sign_in(clock: Any, files_page: tuple[Browser, Sender, str]) -> None:
    desk, sender, address = files_page
    desk.get(address)
    clock.shift(timedelta(minutes=20))
    answer = post(desk, address, ("fax.pdf", pdf() + bytes(3_000_000)))
    assert answer.status_code in {401, 303, 413}
    assert kept_files(sender.app) == {}


def test_files_are_sorted_onto_what_a_review_needs(files_page: tuple[Browser, Sender, str]) -> None:
    desk, sender, address = files_page
    sender.send(("a.pdf", pdf(b"a")), ("b.pdf", pdf(b"b")), ("c.pdf", pdf(b"c")))
    ids = {name: str(row.id) for name, (row, _content) in kept_files(sender.app).items()}
    desk.get(address)
    answer = desk.post(f"{address}/sort", {"file": [ids["a.pdf"], ids["b.pdf"]], "item": "flow_cytometry"})
    assert answer.status_code == 303
    assert {name: row.item for name, (row, _) in kept_files(sender.app).items()} == {
        "a.pdf": "flow_cytometry",
        "b.pdf": "flow_cytometry",
        "c.pdf": None,
    }
    assert words(desk.get(address)).count("Flow cytometry") == 3  # twice in the list, once to choose from
    assert "File sorted: Flow cytometry" in words(desk.get(address.removesuffix("/files")))
    for wrong, says in (
        ({"file": ids["a.pdf"], "item": "x"}, "Choose what"),
        ({"item": "flow_cytometry"}, "Choose at least one file."),
    ):
        desk.get(address)
        answer = desk.post(f"{address}/sort", wrong)
        assert answer.status_code == 422
        assert says in said(answer)


@SQLITE
def test_who_only_reads_opens_and_adds_nothing(files_page: tuple[Browser, Sender, str]) -> None:
    _desk, sender, address = files_page
    sender.send(("flow.pdf", pdf()))
    mark(sender.app, "clean")
    reader = Browser(sender.app.test_client())
    reader.sign_in("petra.quist")
    assert "flow.pdf" in words(reader.get(address))
    assert "Send the files" not in reader.page
    assert post(reader, address, ("x.pdf", pdf(b"x"))).status_code == 403
    assert reader.client.get(f"{address}/{kept_files(sender.app)['flow.pdf'][0].id}").status_code == 200


@SQLITE
def test_the_desk_says_loudly_when_nothing_is_scanned(
    clock: Any, make_app: Callable[..., Flask], files_page: tuple[Browser, Sender, str]
) -> None:
    desk, sender, address = files_page
    assert "No malware scanner is set up" in words(desk.get("/desk"))
    app = make_app(CLAMD="127.0.0.1:9")
    desk = Browser(app.test_client())
    desk.sign_in()
    assert "malware scanner" not in words(desk.get("/desk"))
    sender.send(("flow.pdf", pdf()))
    assert "malware scanner" not in words(desk.get("/desk"))
    clock.shift(timedelta(minutes=11))
    for page in ("/desk", address, address.removesuffix("/files")):
        assert "The malware scanner does not answer: 1 files wait" in words(desk.get(page))


@SQLITE
def test_five_hundred_files_stay_pages_of_few_statements(files_page: tuple[Browser, Sender, str]) -> None:
    desk, sender, address = files_page
    sender.send(("first.pdf", pdf()))
    few = statements(sender.app, lambda: desk.get(address))
    row = kept_files(sender.app)["first.pdf"][0]
    with sender.app.app_context():
        key = ring().load(db.session(), row.key_id)
        copied = {column.name: getattr(row, column.name) for column in File.__table__.columns}
        drawn = [copied | {"id": (made := new_id()), "digest": made.bytes, "name": key.seal(b"A page of many pages.pdf", ("file", "name", made))} for _ in range(499)]  # fmt: skip
    set_rows(sender.app, File.__table__.insert().values(drawn[:250]), File.__table__.insert().values(drawn[250:]))
    mark(sender.app, "clean")
    seen, following = set[str](), address
    while following:
        assert statements(sender.app, lambda: desk.get(following)) <= few + 1  # noqa: B023  and where the page begins
        assert len(desk.page) < 150_000
        seen |= set(re.findall(r'name="file" value="([^"]+)"', desk.page))
        older = re.search(r'href="([^"]+before=[^"]+)"', desk.page)
        following = older.group(1) if older else ""
    assert len(seen) == 500
    assert desk.get(f"{address}?before=x").status_code == 400


def statements(app: Flask, do: Callable[[], object]) -> int:
    """How many statements something takes."""
    counted = []

    def count(*_given: object) -> None:
        counted.append(1)

    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", count)
        do()
        event.remove(db.engine, "before_cursor_execute", count)
    return len(counted)
