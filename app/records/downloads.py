"""A file on its way out: always saved, never shown by a browser in our name; each piece is checked before it leaves."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterator
from urllib.parse import quote

from flask import Response
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.database import end_reading
from app.core.errors import NotFound, Refused
from app.core.sealing import ring
from app.records.domain import ScanState, name_to_save
from app.records.kinds import KINDS
from app.records.models import File
from app.records.pictures import COPIES
from app.records.pieces import SealedReader, read_pieces
from app.records.stores import store

PART = 256 * 1024
ALONE = "default-src 'none'; sandbox"


def file_of(session: Session, case_id: uuid.UUID, file_id: uuid.UUID) -> File:
    """A file of this case. Raises NotFound."""
    file = session.execute(select(File).where(File.id == file_id, File.case_id == case_id)).scalar_one_or_none()
    if file is None:
        raise NotFound
    return file


def clean_file(session: Session, case_id: uuid.UUID, file_id: uuid.UUID) -> File:
    """A file of this case that may be saved. Raises NotFound and Refused."""
    file = file_of(session, case_id, file_id)
    if file.scan_state != ScanState.CLEAN:
        raise Refused(_("This file was not found clean by the malware scanner, so nobody can open it."))
    return file


def reader_of(session: Session, file: File) -> SealedReader:
    """The file as it was sent."""
    return SealedReader(store(), ring().load(session, file.key_id), file.id, read_pieces(file.pieces))


def download(session: Session, file: File, *, original: bool = False) -> Response:
    """Stream it; of a photo the copy that says nothing of place and device, unless the original is asked for.

    No reading of the database stays open meanwhile. Raises StoreAway and SealBroken for its first piece.
    """
    key = ring().load(session, file.key_id)
    name = key.unseal(file.name, ("file", "name", file.id)).decode()
    reader, kind = reader_of(session, file), KINDS[file.media_type]
    if file.copy_id is not None and not original:
        reader = SealedReader(store(), key, file.copy_id, read_pieces(file.copy_pieces or ""))
        kind = COPIES[file.media_type]
    end_reading(session)
    if reader.pieces:
        reader.piece(0)
    response = Response(parts(reader), mimetype=kind.media_type)
    response.content_length = reader.size
    saved = name_to_save(name, kind.suffixes)
    response.headers["Content-Disposition"] = disposition(saved)
    response.headers["Content-Security-Policy"] = ALONE
    return response


def disposition(name: str) -> str:
    """Saved under this name; browsers read the second spelling, what cannot reads the first."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().replace('"', "_").strip()
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def parts(reader: SealedReader) -> Iterator[bytes]:
    """In small parts, so that a slow reader's are not all in memory."""
    for piece in reader.all():
        for start in range(0, len(piece), PART):
            yield piece[start : start + PART]
