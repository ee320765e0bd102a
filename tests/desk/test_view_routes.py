"""Looking at files on the desk: as pictures, on a page that may run nothing; what was not scanned needs a reason."""

from __future__ import annotations

import base64
import io
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select, update

from app.audit.models import AuditRecord
from app.core.database import db
from app.core.sealing import ring
from app.records.models import File
from app.records.sweep import sweep
from tests.conftest import add_people
from tests.filing import Sender, kept_files, mark, shelf
from tests.pages import Browser, words
from tests.papers import DEVICE, heic, pages, photo
from tests.records.conftest import s3, storing  # noqa: F401  fixtures
from tests.sending import set_rows, work
from tests.services import Clamd, clamd_server

SQLITE = pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
OWN = "sandbox allow-same-origin allow-forms"


@pytest.fixture(scope="module")
def clamd() -> Iterator[Clamd]:
    """A scanner."""
    with tempfile.TemporaryDirectory() as folder, clamd_server(Path(folder)) as found:
        yield found


@pytest.fixture
def scanned(make_app: Callable[..., Flask], storing: dict[str, str], clamd: Clamd) -> Flask:  # noqa: F811
    """An app over each database and store, with people and a scanner."""
    app = make_app(CLAMD=clamd.asked(), **storing)
    add_people(app)
    return app


def signed_in(app: Flask, person: str = "ana.ribeiro") -> Browser:
    browser = Browser(app.test_client())
    browser.sign_in(person)
    return browser


def ids(app: Flask) -> dict[str, str]:
    """The address of each file by its name."""
    return {name: str(row.id) for name, (row, _content) in kept_files(app).items()}


def drawn(page: str) -> Image.Image:
    """The picture in a page."""
    found = re.search(r'src="data:image/jpeg;base64,([^"]+)"', page)
    assert found
    return Image.open(io.BytesIO(base64.b64decode(found.group(1))))


def test_a_photo_is_shown_and_saved_without_its_place_and_the_original_is_kept(scanned: Flask) -> None:
    sender, sent = Sender(scanned), photo("HEIF")
    sender.send(("IMG_0001.HEIC", sent))
    work(scanned)
    desk, found = signed_in(scanned), ids(scanned)["IMG_0001.HEIC"]
    address = f"/desk/cases/{sender.receipt.reference}/files"
    assert "scanned, nothing found" in words(desk.get(address))
    answer = desk.get(f"{address}/{found}/view")
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"].endswith(OWN)
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.text
    assert drawn(answer.text).size == (300, 400)
    saved = desk.client.get(f"{address}/{found}")
    assert (saved.mimetype, Image.open(io.BytesIO(saved.data)).size) == ("image/jpeg", (300, 400))
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert ".jpg" in saved.headers["Content-Disposition"]
    assert DEVICE.encode() not in saved.data
    assert desk.client.get(f"{address}/{found}?original=yes").data == sent
    assert {name: content for name, (_row, content) in kept_files(scanned).items()} == {"IMG_0001.HEIC": sent}
    assert shelf(scanned)["pieces"] == 2
    with scanned.app_context():
        assert sweep(kept_files(scanned)["IMG_0001.HEIC"][0].at.replace(year=2999)).orphans == 0  # a copy is no orphan
        seen = db.session.execute(
            select(AuditRecord.subject_id).where(AuditRecord.action == "file_opened")
        ).scalars().all()  # fmt: skip
    assert [str(one) for one in seen] == [found] * 3


@SQLITE
def test_a_photo_that_cannot_be_copied_says_so_and_stops_no_worker(scanned: Flask) -> None:
    sender = Sender(scanned)
    sender.send(("broken.heic", heic()), ("good.jpg", photo("JPEG")))
    work(scanned)
    desk = signed_in(scanned)
    page = words(desk.get(f"/desk/cases/{sender.receipt.reference}/files"))
    assert "scanned, nothing found; no copy could be made, so the original is saved" in page
    found = ids(scanned)
    answer = desk.get(f"/desk/cases/{sender.receipt.reference}/files/{found['broken.heic']}/view")
    assert (answer.status_code, "Ask the sender to save it anew" in words(answer)) == (422, True)
    assert desk.get(f"/desk/cases/{sender.receipt.reference}/files/{found['good.jpg']}/view").status_code == 200


@SQLITE
def test_a_pdf_is_leafed_through(app: Flask) -> None:
    add_people(app)
    sender = Sender(app)
    sender.send(("scan.pdf", pages()), ("notes.txt", b"Words"))
    mark(app, "clean")
    desk, found = signed_in(app), ids(app)
    address = f"/desk/cases/{sender.receipt.reference}/files/{found['scan.pdf']}/view"
    assert "Page 1 of 3" in words(desk.get(address))
    assert "Page 3 of 3" in words(desk.get(f"{address}?page=9"))
    assert desk.get(f"{address}?page=none").status_code == 200
    refused = desk.get(f"/desk/cases/{sender.receipt.reference}/files/{found['notes.txt']}/view")
    assert (refused.status_code, "cannot be shown here" in refused.text) == (403, True)


@SQLITE
@pytest.mark.parametrize("state", ["pending", "infected"])
def test_what_waits_or_is_infected_is_shown_to_nobody(app: Flask, state: str) -> None:
    add_people(app)
    sender = Sender(app)
    sender.send(("scan.pdf", pages()))
    mark(app, state)
    manager = signed_in(app, "mina.dalgaard")
    address = f"/desk/cases/{sender.receipt.reference}/files/{ids(app)['scan.pdf']}/view"
    assert manager.get(address).status_code == 403
    manager.get(f"/desk/cases/{sender.receipt.reference}/files")
    assert manager.post(address, {"reason": "Because"}).status_code == 400
    assert "data:image" not in manager.page


def test_what_could_not_be_scanned_is_looked_at_with_a_permission_and_a_reason_that_stays(app: Flask) -> None:
    add_people(app)
    sender = Sender(app)
    sender.send(("large.pdf", pages()))
    set_rows(app, update(File).values(scan_state="failed", finding="too_large"))
    address = f"/desk/cases/{sender.receipt.reference}/files/{ids(app)['large.pdf']}/view"
    assert "too large to check" in sender.page()
    coordinator, manager = signed_in(app), signed_in(app, "mina.dalgaard")
    page = coordinator.get(f"/desk/cases/{sender.receipt.reference}/files")
    assert "ask the sender for smaller parts" in words(page)
    assert coordinator.post(address, {"reason": "x"}).status_code == 403
    assert coordinator.get(address).status_code == 403
    assert "data:image" not in manager.get(address).text
    assert manager.post(address, {"reason": " "}).status_code == 422
    answer = manager.post(address, {"reason": "The only flow report"})
    assert "data:image" not in answer.text
    shown = manager.follow(answer)
    assert "Page 1 of 3" in words(shown)
    assert "reason=" in shown.text
    assert manager.client.get(address.removesuffix("/view")).status_code == 403  # looked at, never saved
    assert signed_in(app, "ana.ribeiro").get(answer.location).status_code == 403
    timeline = words(coordinator.get(f"/desk/cases/{sender.receipt.reference}"))
    assert "could not be scanned was looked at" in timeline
    assert "The only flow report" in timeline
    with app.app_context():
        row = db.session.execute(select(AuditRecord).where(AuditRecord.reason.is_not(None))).scalar_one()
        house = ring().house(db.session())
        assert house.unseal_json(row.reason or b"", ("audit", "reason", row.id)) == "The only flow report"
