"""Scans each file after the commit that took it, copies the photos that are clean, and looks after those that wait."""

from __future__ import annotations

import uuid
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.change import change
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.database import db, end_reading, transaction
from app.core.ids import new_id
from app.core.jobs import ClaimedJob, Job, JobState, Later, enqueue, job_row
from app.core.logs import log
from app.core.sealing import SealBroken, ring
from app.core.settings import settings
from app.records.domain import ScanState
from app.records.kinds import KINDS
from app.records.models import File
from app.records.pictures import COPIES, NotDrawn, copy_of
from app.records.pieces import SealedReader, SealedWriter, read_pieces, write_pieces
from app.records.scanner import ScannerAway, scan
from app.records.sorting import follow_files
from app.records.stores import StoreAway, store

AGAIN_AFTER = timedelta(minutes=30)
AT_ONCE = 500


def scan_file(job: ClaimedJob) -> None:
    """The job of one file. No scanner, no answer or no bytes: the file stays pending, and the desk says so."""
    session = db.session()
    file = session.get(File, job.subject_id)
    if file is None or file.case_id is None or file.scan_state != ScanState.PENDING:
        return
    address = settings().clamd
    if not address:
        raise Later("no_scanner")
    reader = SealedReader(store(), ring().load(session, file.key_id), file.id, read_pieces(file.pieces))
    end_reading(session)
    try:
        state, finding = scan(address, reader.all())
    except (ScannerAway, StoreAway, SealBroken) as fault:
        raise Later(type(fault).__name__) from fault
    copy_id, pieces = make_copy(file, reader) if state is ScanState.CLEAN else (None, None)
    with transaction() as writing, change(writing, [file.case_id], SYSTEM, None, now()) as act:
        file = writing.get_one(File, file.id, populate_existing=True)
        if file.case_id not in act.cases or file.key_id != reader.key.id:
            raise Later("moved")
        file.scan_state, file.finding = state, finding
        file.copy_id, file.copy_pieces = copy_id, pieces
        act.record("file_scanned", new=state, detail={"finding": finding} if finding else None, subject_id=file.id)
        if file.item:
            follow_files(act, [file.item])


def make_copy(file: File, reader: SealedReader) -> tuple[uuid.UUID, str] | tuple[None, None]:
    """What staff save instead of a photo or scan, sealed under a name of its own; none of what cannot be decoded.

    Raises Later.
    """
    if file.media_type not in COPIES:
        return None, None
    writer = SealedWriter(store(), reader.key, new_id())
    try:
        writer.write(copy_of(KINDS[file.media_type], reader.all()))
        return writer.file_id, write_pieces(writer.end(last=True))
    except NotDrawn as fault:
        log().warning("photo_not_copied", fault=fault.why)
        return None, None
    except (StoreAway, SealBroken) as fault:
        raise Later(type(fault).__name__) from fault


def scan_waiting() -> None:
    """A job gives up after its tries; what still waits is asked for again: the worker's chore."""
    with transaction() as session:
        enqueue(session, [
            job_row(session, "scan_file", dedupe_key=f"scan_file:{file_id}:{now():%Y%m%d%H}", at=now(),
                    subject_id=file_id, case_id=case_id)
            for file_id, case_id in waiting(session)
        ])  # fmt: skip


def waiting(session: Session) -> list[tuple[uuid.UUID, uuid.UUID | None]]:
    """Files that nothing is going to scan."""
    live = select(Job.subject_id).where(
        Job.kind == "scan_file", Job.state.in_((JobState.PENDING, JobState.LEASED)), Job.subject_id.is_not(None)
    )
    rows = session.execute(
        select(File.id, File.case_id)
        .where(
            File.scan_state == ScanState.PENDING, File.case_id.is_not(None), File.at < now() - AGAIN_AFTER,
            File.id.not_in(live),
        )
        .order_by(File.at)
        .limit(AT_ONCE)
    )  # fmt: skip
    return [(row.id, row.case_id) for row in rows]
