"""Ends what was begun and never finished, and finds what lacks its other half: pieces without a row, a row without pieces."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.core.database import db, end_reading
from app.core.logs import log
from app.core.settings import settings
from app.records.models import File, Upload
from app.records.pieces import read_pieces
from app.records.stores import store
from app.records.uploads import end_expired

AT_ONCE = 500


@dataclass(slots=True)
class Swept:
    """What a sweep did: uploads whose hours were over, pieces that no row knows, files that lack a piece."""

    ended: int = 0
    orphans: int = 0
    incomplete: int = 0


def sweep_files() -> None:
    """The worker's chore."""
    swept = sweep(now())
    if swept.ended or swept.orphans:
        log().info("files_swept", done=swept.ended, count=swept.orphans)
    if swept.incomplete:
        log().error("files_incomplete", count=swept.incomplete)


def sweep(at: datetime) -> Swept:
    """Look at every row and every piece once. What is younger than an upload may be is left alone."""
    swept = Swept(ended=end_expired(at))
    young = at - timedelta(hours=settings().upload_hours)
    kept, seen = store().kept(), set[uuid.UUID]()
    while some := dict(islice(kept, AT_ONCE)):
        seen |= some.keys()
        known = pieces_of(Upload.id.in_(some), File.id.in_(some), File.copy_id.in_(some))
        settled = pieces_of(Upload.id.is_(None), File.id.in_(some) & (File.at < young), File.copy_id.is_(None))
        for file_id, found in some.items():
            wanted = known.get(file_id, frozenset())
            orphans = {token for token, written in found.items() if token not in wanted and written < young}
            if orphans or not found:
                store().remove(file_id, None if orphans == found.keys() else orphans)
            swept.orphans += len(orphans)
            swept.incomplete += not settled.get(file_id, frozenset()) <= found.keys()
    swept.incomplete += sum(file_id not in seen for file_id in old_files(young))
    return swept


def pieces_of(
    uploads: ColumnElement[bool], files: ColumnElement[bool], copies: ColumnElement[bool]
) -> Mapping[uuid.UUID, frozenset[str]]:
    """The pieces that rows know of."""
    session = db.session()
    rows = session.execute(
        select(Upload.id, Upload.pieces)
        .where(uploads)
        .union_all(
            select(File.id, File.pieces).where(files),
            select(File.copy_id, File.copy_pieces).where(copies, File.copy_id.is_not(None)),
        )
    ).all()
    end_reading(session)
    return {row.id: frozenset(one.token for one in read_pieces(row.pieces)) for row in rows}


def old_files(young: datetime) -> Iterator[uuid.UUID]:
    """Every file that was there before the look began, a page at a time, so that no read stays open."""
    after: uuid.UUID | None = None
    while page := page_after(db.session(), young, after):
        yield from page
        after = page[-1]


def page_after(session: Session, young: datetime, after: uuid.UUID | None) -> list[uuid.UUID]:
    """One page, in the order of ids."""
    statement = select(File.id).where(File.at < young).order_by(File.id).limit(AT_ONCE)
    found = session.execute(statement if after is None else statement.where(File.id > after)).scalars().all()
    end_reading(session)
    return list(found)
