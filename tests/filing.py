"""Files sent the way a sender's page sends them, for tests of what becomes of them."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.cases.domain import Receipt
from app.cases.links import secret_of
from app.core.database import db
from app.core.sealing import ring
from app.records.models import File, Upload
from app.records.pieces import SealedReader, read_pieces
from app.records.stores import store
from tests.pages import words
from tests.sending import send, set_rows

BOUNDARY = "----synthetic7f3a"
TUS = {"Tus-Resumable": "1.0.0"}


def form_body(fields: Mapping[str, str], files: Sequence[tuple[str, bytes]]) -> bytes:
    """As a browser writes it: fields first, names with quotes and line ends escaped."""
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    for name, content in files:
        escaped = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        parts.append(f'name="files"; filename="{escaped}"\r\n\r\n'.encode() + content)
    opened = [f"--{BOUNDARY}\r\nContent-Disposition: form-data; ".encode() + part + b"\r\n" for part in parts]
    return b"".join((*opened, f"--{BOUNDARY}--\r\n".encode()))


def announced(name: str, size: int) -> dict[str, str]:
    """What a script says of a file before it sends it."""
    named = base64.b64encode(name.encode()).decode()
    return {**TUS, "Upload-Length": str(size), "Upload-Metadata": f"filename {named}"}


@dataclass
class Sender:
    """Somebody with a private link."""

    app: Flask
    sent: Receipt | None = None
    receipt: Receipt = field(init=False)
    client: FlaskClient = field(init=False)
    address: str = field(init=False)

    def __post_init__(self) -> None:
        self.receipt, self.client = self.sent or send(self.app), self.app.test_client()
        with self.app.app_context():
            self.address = "/follow/" + secret_of(db.session(), self.receipt.link_id, self.receipt.link_issue)

    def send(self, *files: tuple[str, bytes], address: str = "", **fields: str) -> TestResponse:
        """A plain form."""
        return self.client.post(
            address or f"{self.address}/files",
            data=form_body(fields, files),
            content_type=f"multipart/form-data; boundary={BOUNDARY}",
        )

    def begin(self, name: str, size: int) -> TestResponse:
        """What a script asks first."""
        return self.client.post(f"{self.address}/uploads", headers=announced(name, size))

    def patch(self, where: str, offset: int, data: bytes) -> TestResponse:
        """More of it."""
        headers = {**TUS, "Upload-Offset": str(offset)}
        return self.client.patch(where, data=data, headers=headers, content_type="application/offset+octet-stream")

    def stands_at(self, where: str) -> int:
        """How much is here."""
        answer = self.client.head(where, headers=TUS)
        assert answer.status_code == 200
        return int(answer.headers["Upload-Offset"])

    def page(self) -> str:
        """What the sender reads."""
        return words(self.client.get(self.address))


def said(answer: TestResponse) -> str:
    """The sentences beside what was not kept."""
    found = re.search(r'id="summary".*?</div>', answer.text, re.DOTALL)
    return unescape(re.sub(r"<[^>]+>", " ", found.group(0))) if found else ""


def kept_files(app: Flask) -> dict[str, tuple[File, bytes]]:
    """Every file by its name, opened."""
    with app.app_context():
        found = {}
        for row in db.session.execute(select(File)).scalars():
            key = ring().load(db.session(), row.key_id)
            name = key.unseal(row.name, ("file", "name", row.id)).decode()
            found[name] = (row, b"".join(SealedReader(store(), key, row.id, read_pieces(row.pieces)).all()))
        return found


def shelf(app: Flask) -> dict[str, int]:
    """What the store holds, and how many rows know of it."""
    with app.app_context():
        pieces = {token for _file_id, found in store().kept() for token in found}
        rows = [
            *db.session.execute(select(File.pieces)).scalars(),
            *db.session.execute(select(Upload.pieces)).scalars(),
        ]
        known = {one.token for row in rows for one in read_pieces(row)}
        return {
            "pieces": len(pieces),
            "known": len(known),
            "orphans": len(pieces - known),
            "missing": len(known - pieces),
        }


def mark(app: Flask, state: str) -> None:
    """Say what the scanner said, of every file."""
    set_rows(app, update(File).values(scan_state=state))
