"""A case with a private link in an instance folder, and a look at its files past the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import select, update

from app import create_app
from app.cases.guard import Exempt, writing
from app.cases.links import secret_of
from app.cases.models import Link, Submission
from app.core.database import db, transaction
from app.core.sealing import ring
from app.records.models import File
from app.records.pieces import SealedReader, read_pieces
from app.records.stores import store
from benchmarks.instances import instance
from config import Settings


@contextmanager
def opened(folder: Path, url: str = "") -> Iterator[Flask]:
    """The app over an instance, in this process."""
    settings = Settings.from_environment({"INSTANCE_DIR": str(folder), "DATABASE_URL": url, "LOG_LEVEL": "ERROR"})
    app = create_app(settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def linked_case(folder: Path, url: str = "") -> tuple[str, str]:
    """Make an instance of one case: its private page's path, and its files' path on the desk."""
    instance(folder, 1, url)
    with opened(folder, url):
        link = db.session.execute(select(Link).limit(1)).scalar_one()
        reference = db.session.execute(
            select(Submission.reference).where(Submission.id == link.submission_id)
        ).scalar_one()
        return f"/follow/{secret_of(db.session(), link.id, link.issue)}", f"/desk/cases/{reference}/files"


def mark_clean() -> None:
    """In place of a scan."""
    with transaction() as session, writing(Exempt.DRAWN):
        session.execute(update(File).values(scan_state="clean"))


def contents() -> dict[str, bytes]:
    """Every file by its name, opened; one that does not open raises."""
    found = {}
    for row in db.session.execute(select(File)).scalars():
        key = ring().load(db.session(), row.key_id)
        name = key.unseal(row.name, ("file", "name", row.id)).decode()
        found[f"{name} {row.id if name in found else ''}".strip()] = b"".join(
            SealedReader(store(), key, row.id, read_pieces(row.pieces)).all()
        )
    return found
