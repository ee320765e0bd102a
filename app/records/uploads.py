"""A file on its way: begun, gone on with, taken into its case or let go. Seen by nobody until it is whole.

The row comes first, then sealed pieces, then one transaction makes both a file: nothing is ever half there, and what a
death leaves behind has a row whose hours end it.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from app.cases.asking import answered
from app.cases.change import change
from app.cases.guard import Exempt, writing
from app.cases.models import Case
from app.core.actor import Actor, ActorKind, Permission
from app.core.clock import now
from app.core.database import db, end_reading, transaction, write_rows
from app.core.errors import Refused
from app.core.ids import new_id
from app.core.sealing import DataKey, ring
from app.core.settings import settings
from app.drafts.models import DraftRow
from app.records.domain import ScanState, name_as_typed
from app.records.kinds import Kind, kind_of
from app.records.models import File, Upload
from app.records.pieces import Piece, SealedReader, SealedWriter, read_pieces, write_pieces
from app.records.stores import StoreAway, store

DIGEST_LABEL = "file digest v1"
MOST_FILES = 1000  # of one case, those on their way among them
MOST_SHOWN = 50
MOST_COMING = 10  # begun by one sender and not whole: one device sends one after another
MOST_PIECES = 2000  # of one file: a sender of single bytes is no browser


@dataclass(frozen=True, slots=True)
class Target:
    """Where a file goes and who sends it: a form that is not sent yet, a party behind its private link, or staff."""

    case_id: uuid.UUID | None
    party_id: uuid.UUID | None
    actor: Actor
    draft_id: uuid.UUID | None = None
    sent_case_id: uuid.UUID | None = None  # of a form that was sent before: its files will go there too

    @property
    def permission(self) -> Permission | None:
        """Staff need one; a party adds to its own submission."""
        return Permission.WORK_CASES if self.actor.kind is ActorKind.STAFF else None

    @property
    def files(self) -> ColumnElement[bool]:
        """All that lies where this one goes."""
        return File.draft_id == self.draft_id if self.draft_id else File.case_id == self.case_id

    @property
    def uploads(self) -> ColumnElement[bool]:
        """All that is on its way to where this one goes."""
        return Upload.for_draft_id == self.draft_id if self.draft_id else Upload.for_case_id == self.case_id

    @property
    def beside(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        """Files, and those on their way, that share the room with this one."""
        if self.sent_case_id is None:
            return self.files, self.uploads
        return or_(self.files, File.case_id == self.sent_case_id), or_(
            self.uploads, Upload.for_case_id == self.sent_case_id
        )


@dataclass(frozen=True, slots=True)
class Arriving:
    """A row of `upload`, opened."""

    id: uuid.UUID
    target: Target
    key: DataKey
    name: str
    size: int | None
    received: int
    pieces: tuple[Piece, ...]
    expires_at: datetime


class Moved(Exception):
    """Somebody else went on with the same file meanwhile: ask where it stands."""


def begin(target: Target, raw_name: str, size: int | None) -> Arriving:
    """Write the row that everything hangs on. Raises Refused when the case or the file would be too large."""
    at, limits = now(), settings()
    if size is not None:
        refuse_size(size)
    with transaction() as session:
        key_id = key_id_of(session, target)
        refuse_full(session, target, size or 0)
        if size is not None:
            refuse_more_coming(session, target)
        key, upload_id = ring().load(session, key_id), new_id()
        name, expires_at = name_as_typed(raw_name), at + timedelta(hours=limits.upload_hours)
        write_rows(session, Upload, [{
            "id": upload_id, "for_case_id": target.case_id, "for_draft_id": target.draft_id, "party_id": target.party_id, "actor_id": target.actor.id,
            "key_id": key.id, "name": key.seal(name.encode(), ("upload", "name", upload_id)), "size": size,
            "received": 0, "pieces": "", "at": at, "expires_at": expires_at,
        }])  # fmt: skip
    return Arriving(upload_id, target, key, name, size, 0, (), expires_at)


def key_id_of(session: Session, target: Target) -> uuid.UUID:
    """The key of what the file goes to. A form is held until the commit: nobody sends or ends it meanwhile."""
    if target.draft_id is None:
        return session.execute(select(Case.key_id).where(Case.id == target.case_id)).scalar_one()
    key_id = session.execute(
        select(DraftRow.key_id).where(DraftRow.id == target.draft_id).with_for_update()
    ).scalar_one_or_none()
    if key_id is None:
        raise Refused(_("This form was sent meanwhile. You can add the file on your private page."))
    return key_id


def refuse_size(size: int) -> None:
    """One file has an end."""
    most = settings().max_file_bytes
    if size > most:
        raise Refused(_("This file is too large: one file may have up to %(most)s MB.", most=most // 1_000_000))


def refuse_full(session: Session, target: Target, more: int) -> None:
    """A case has an end too, and so has a form, together with the case that it was sent to before; of what is on its way counts what is here, not what was announced."""
    files, uploads = target.beside
    kept = session.execute(select(func.count(), func.coalesce(func.sum(File.size), 0)).where(files)).one()
    coming = session.execute(
        select(func.count(), func.coalesce(func.sum(Upload.received), 0))
        .where(uploads, Upload.expires_at > now())
    ).one()  # fmt: skip
    if kept[0] + coming[0] >= MOST_FILES or kept[1] + coming[1] + more > settings().max_case_bytes:
        raise Refused(_("There is no room for more files here. Please call us: we find another way."))


def refuse_more_coming(session: Session, target: Target) -> None:
    """Nobody begins files without end."""
    begun = session.execute(select(func.count()).where(theirs(target), Upload.size.is_not(None))).scalar_one()
    if begun >= MOST_COMING:
        raise Refused(_("Ten files have come only in part. Choose one of them again to go on with it, or call us."))


def theirs(target: Target) -> ColumnElement[bool]:
    """What this sender has on its way there."""
    return and_(
        target.uploads,
        Upload.party_id == target.party_id,
        Upload.actor_id == target.actor.id,
        Upload.expires_at > now(),
    )


def find(target: Target, upload_id: uuid.UUID) -> Arriving | None:
    """A file of this sender that is still on its way."""
    found = coming(target, Upload.id == upload_id)
    return found[0] if found else None


def unfinished(target: Target) -> tuple[Arriving, ...]:
    """What this sender can go on with."""
    return coming(target, Upload.size.is_not(None))


def coming(target: Target, which: ColumnElement[bool]) -> tuple[Arriving, ...]:
    """Of this sender only; no reading stays open while bytes come."""
    session = db.session()
    rows = session.execute(
        select(
            Upload.id, Upload.key_id, Upload.name, Upload.size, Upload.received, Upload.pieces, Upload.expires_at
        )
        .where(which, theirs(target))
        .order_by(Upload.id).limit(MOST_SHOWN)
    ).all()  # fmt: skip
    keys = ring().load_many(session, {row.key_id for row in rows}) if rows else {}
    end_reading(session)
    return tuple(
        Arriving(
            row.id, target, keys[row.key_id], keys[row.key_id].unseal(row.name, ("upload", "name", row.id)).decode(),
            row.size, row.received, read_pieces(row.pieces), row.expires_at,
        )
        for row in rows
    )  # fmt: skip


def taken(target: Target, file_id: uuid.UUID) -> int | None:
    """The size of a file of this sender that is whole already: who asks lost the answer that said so."""
    return db.session().execute(
        select(File.size).where(File.id == file_id, target.files, File.party_id == target.party_id)
    ).scalar_one_or_none()  # fmt: skip


def go_on(arriving: Arriving, data: Iterable[bytes]) -> int:
    """Seal more of a file whose size is known; the last of it makes it a file. Returns where it stands then.

    Raises Moved, Refused, StoreAway.
    """
    size = arriving.size or 0
    writer = SealedWriter(store(), arriving.key, arriving.id, arriving.pieces)
    received = arriving.received
    try:
        for some in data:
            received += len(some)
            refuse_beyond(received, size)
            writer.write(some)
        pieces = writer.end(last=received == size)
        refuse_beyond(len(pieces), MOST_PIECES)
        if received == size:
            take(arriving, pieces)
        else:
            note_progress(arriving, received, pieces)
    except (Moved, Refused, StoreAway):
        # Nothing of this was acknowledged. After any other fault a commit may stand; the sweep looks later.
        writer.undo()
        raise
    return received


def refuse_beyond(came: int, most: int) -> None:
    """No browser sends more than it announced, or a file byte by byte."""
    if came > most:
        raise Refused(_("This file does not come as it was announced. Choose it again."))


def note_progress(arriving: Arriving, received: int, pieces: Sequence[Piece]) -> None:
    """Acknowledged means durable: the pieces are stored, now the row says so. Raises Moved."""
    with transaction() as session:
        moved = session.execute(
            update(Upload).where(Upload.id == arriving.id, Upload.received == arriving.received)
            .values(received=received, pieces=write_pieces(pieces)).execution_options(synchronize_session=False)
        )  # fmt: skip
        if moved.rowcount != 1:  # type: ignore[attr-defined]  # of a cursor
            raise Moved


def take(arriving: Arriving, pieces: Sequence[Piece]) -> None:
    """Read back what is stored, judge its kind, and make it a file of its case, or of the form that is not sent yet.

    A form may have been sent while the bytes came: the row knows where the file belongs now. Raises Moved, Refused,
    StoreAway.
    """
    reader = SealedReader(store(), arriving.key, arriving.id, pieces)
    digest = digest_of(arriving.key, reader)
    try:
        kind = kind_of(reader)
        with transaction() as session:
            if arriving.target.draft_id is not None:  # a sending that holds the form now is waited for
                session.execute(select(DraftRow.id).where(DraftRow.id == arriving.target.draft_id).with_for_update())
            gone = session.execute(
                delete(Upload).where(Upload.id == arriving.id, Upload.received == arriving.received)
                .returning(Upload.for_case_id, Upload.party_id, Upload.for_draft_id)
                .execution_options(synchronize_session=False)
            ).one_or_none()  # fmt: skip
            if gone is None:
                raise Moved
            arriving = replace(
                arriving,
                target=replace(
                    arriving.target, case_id=gone.for_case_id, party_id=gone.party_id, draft_id=gone.for_draft_id
                ),
            )
            refuse_full(session, arriving.target, reader.size)
            known = same_file(session, arriving.target, digest)
            if known is None:
                write_file(session, arriving, kind, reader.size, digest, pieces)
    except Refused:
        let_go(arriving)
        raise
    if known is not None:
        store().remove(arriving.id)


def digest_of(key: DataKey, reader: SealedReader) -> bytes:
    """Keyed, so that a stolen database does not tell which known file was sent."""
    digest = hmac.new(key.derive(DIGEST_LABEL), digestmod=hashlib.sha256)
    for piece in reader.all():
        digest.update(piece)
    return digest.digest()


def same_file(session: Session, target: Target, digest: bytes) -> uuid.UUID | None:
    """The same bytes from the same sender on the same case: a second press, kept once."""
    return session.execute(
        select(File.id).where(target.files, File.party_id == target.party_id, File.digest == digest).limit(1)
    ).scalar_one_or_none()  # fmt: skip


def write_file(
    session: Session, arriving: Arriving, kind: Kind, size: int, digest: bytes, pieces: Sequence[Piece]
) -> None:
    """The file, its line in the timeline and its scan, in the act's own transaction; of a form, the file alone."""
    at, target, key = now(), arriving.target, arriving.key
    row = {
        "id": arriving.id, "case_id": target.case_id, "origin_case_id": target.case_id, "draft_id": target.draft_id,
        "party_id": target.party_id, "media_type": kind.media_type, "size": size, "digest": digest,
        "scan_state": str(ScanState.PENDING), "at": at, "key_id": key.id,
        "name": key.seal(arriving.name.encode(), ("file", "name", arriving.id)), "pieces": write_pieces(pieces),
    }  # fmt: skip
    if target.case_id is None:
        with writing(Exempt.UNSENT):
            write_rows(session, File, [row])
        return
    with change(session, [target.case_id], target.actor, target.permission, at) as act:
        write_rows(session, File, [row])
        if target.actor.kind is ActorKind.PUBLIC:
            act.case.changed_after_sending_at = at
            answered(act, target.party_id)
        act.record("file_added", party_id=target.party_id, subject_id=arriving.id, detail={"name": arriving.name})
        act.job("scan_file", dedupe_key=f"scan_file:{arriving.id}", subject_id=arriving.id)


def let_go(arriving: Arriving) -> None:
    """End a file that nobody will go on with; nothing, where it has become a file meanwhile. Raises StoreAway."""
    if end_rows(Upload.id == arriving.id):
        store().remove(arriving.id)


def end_expired(at: datetime) -> int:
    """End those whose hours are over; returns how many. Raises StoreAway."""
    gone = end_rows(Upload.expires_at <= at)
    for upload_id in gone:
        store().remove(upload_id)
    return len(gone)


def end_rows(which: ColumnElement[bool]) -> Sequence[uuid.UUID]:
    """The row first: from then on nobody can make a file of it. Pieces that a death leaves are found by the sweep."""
    with transaction() as session:
        return session.execute(
            delete(Upload).where(which).returning(Upload.id).execution_options(synchronize_session=False)
        ).scalars().all()  # fmt: skip
