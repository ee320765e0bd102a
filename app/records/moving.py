"""A file that lies on the wrong child: sealed anew under the right case's key, then re-pointed in one act on both cases.

The old pieces go after the commit. What a death leaves on either side of it, no row knows: the sweep removes it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from flask import render_template
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Grant, User
from app.cases.change import Change, change
from app.cases.letters import tell_colleague
from app.cases.models import Case
from app.core.actor import Actor, Permission, Role
from app.core.clock import now
from app.core.database import db, end_reading, transaction
from app.core.errors import Conflict, NotAllowed, NotFound, Refused
from app.core.jobs import ClaimedJob
from app.core.sealing import DataKey, SealBroken, ring
from app.core.settings import settings
from app.programs.service import hospital
from app.records.models import File
from app.records.pieces import SealedReader, SealedWriter, read_pieces, write_pieces
from app.records.sorting import follow_files
from app.records.stores import StoreAway, store
from app.records.uploads import Target, digest_of, refuse_full

MOVED = "file_moved"


@dataclass(frozen=True, slots=True)
class Lying:
    """A row as it was when its bytes were read, and the keys of both cases."""

    file: File
    pieces: str
    copy_id: uuid.UUID | None
    copy_pieces: str | None
    old: DataKey
    new: DataKey

    @property
    def parts(self) -> Sequence[tuple[uuid.UUID, str]]:
        """What lies in the store: the file, and its copy where one was made."""
        copied = ((self.copy_id, self.copy_pieces or ""),) if self.copy_id else ()
        return (self.file.id, self.pieces), *copied


def move_file(source: Case, file: File, target: Case, actor: Actor, reason: str) -> None:
    """From one case to the other, whole or not at all. Raises Refused, Conflict, NotAllowed, NotFound, StoreAway, SealBroken."""
    refuse_move(source, target, reason)
    keys = ring().load_many(db.session(), {file.key_id, target.key_id})
    lying = Lying(file, file.pieces, file.copy_id, file.copy_pieces, keys[file.key_id], keys[target.key_id])
    end_reading(db.session())
    writers: list[SealedWriter] = []
    try:
        for part_id, pieces in lying.parts:
            writers.append(SealedWriter(store(), lying.new, part_id))
            seal_anew(writers[-1], SealedReader(store(), lying.old, part_id, read_pieces(pieces)))
        digest = checked(lying, writers[0])
        with (
            transaction() as session,
            change(session, [source.id, target.id], actor, Permission.WORK_CASES, now()) as act,
        ):
            refuse_full(session, Target(target.id, None, actor), digest[1])
            repoint(act, lying, source.id, target.id, digest[0], writers, reason.strip())
    except (Refused, Conflict, NotAllowed, NotFound, StoreAway, SealBroken):
        for writer in writers:  # nothing stands on these; after any other fault a commit may: the sweep looks later
            with suppress(StoreAway):
                writer.undo()
        raise
    for part_id, pieces in lying.parts:
        with suppress(StoreAway):
            store().remove(part_id, {one.token for one in read_pieces(pieces)})


def refuse_move(source: Case, target: Case, reason: str) -> None:
    """What is asked before anything is read. Raises Refused."""
    if source.id == target.id:
        raise Refused(_("The file is on this case already."), "to")
    if not reason.strip():
        raise Refused(_("Say why the file is moved. It stays on both cases."), "reason")


def seal_anew(writer: SealedWriter, reader: SealedReader) -> None:
    """A piece at a time, so that memory stays flat."""
    for piece in reader.all():
        writer.write(piece)
    writer.end(last=True)


def checked(lying: Lying, writer: SealedWriter) -> tuple[bytes, int]:
    """Read back what will be the only one: the same bytes. Returns their digest under the new key, and their size.

    Raises StoreAway.
    """
    fresh = SealedReader(store(), lying.new, lying.file.id, writer.pieces)
    if digest_of(lying.old, fresh) != lying.file.digest:
        raise StoreAway("digest")
    return digest_of(lying.new, fresh), fresh.size


def repoint(
    act: Change, lying: Lying, source_id: uuid.UUID, target_id: uuid.UUID, digest: bytes,
    writers: Sequence[SealedWriter], reason: str,
) -> None:  # fmt: skip
    """The row, and what both cases say of it. Raises Conflict, when it is not what was read any more."""
    session, source, target = act.session, act.cases[source_id], act.cases[target_id]
    row = session.get(File, lying.file.id, populate_existing=True)
    if row is None or (row.case_id, row.pieces, row.copy_pieces) != (source_id, lying.pieces, lying.copy_pieces):
        raise Conflict(
            _("This file changed while you moved it: it was moved by somebody else, or scanned just now. Look again."),
            mine=target.reference, theirs="",
        )  # fmt: skip
    old_item, name = row.item, lying.old.unseal(row.name, ("file", "name", row.id))
    row.case_id, row.origin_case_id, row.party_id, row.item = target_id, target_id, None, None
    row.key_id, row.digest = lying.new.id, digest
    row.name = lying.new.seal(name, ("file", "name", row.id))
    row.pieces = write_pieces(writers[0].pieces)
    if lying.copy_id:
        row.copy_pieces = write_pieces(writers[1].pieces)
    session.flush()
    line = tell(act, source, target, row.id, reason)
    if old_item:
        follow_files(act.of(source_id), [old_item])
    for person in officers(session, {source.program, target.program}):
        act.job("mail_officer", case=source, dedupe_key=f"mail_officer:{line}:{person}", subject_id=person,
                payload={"line": str(line)})  # fmt: skip


def tell(act: Change, source: Case, target: Case, file_id: uuid.UUID, reason: str) -> uuid.UUID:
    """Both timelines; returns the line of the case that it left. The programs stand open, for who may read of it."""

    def say(case: Case, detail: dict[str, str]) -> uuid.UUID:
        return act.record(MOVED, case=case, old=source.program, new=target.program, subject_id=file_id, detail=detail)

    say(target, {"from": source.reference, "reason": reason})
    return say(source, {"to": target.reference, "reason": reason})


def officers(session: Session, programs: set[str]) -> Sequence[uuid.UUID]:
    """Privacy officers of these programs."""
    return session.execute(
        select(Grant.user_id).distinct().join(User, User.id == Grant.user_id)
        .where(Grant.program.in_(programs), Grant.role == Role.PRIVACY_OFFICER, User.active).order_by(Grant.user_id)
    ).scalars().all()  # fmt: skip


def mail_officer(job: ClaimedJob) -> None:
    """Tell one privacy officer that a file was moved: a link to who saw it before, and nothing else."""
    email = db.session.execute(select(User.email).where(User.id == job.subject_id, User.active)).scalar_one_or_none()
    if email is None:
        return
    link = f"{settings().public_url.rstrip('/')}/desk/moved/{job.opened()['line']}"
    tell_colleague(
        job,
        email,
        _("A file was moved"),
        render_template("email/moved/body.txt", link=link, hospital=hospital().folder),
    )
