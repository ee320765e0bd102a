"""Files as their readers see them: staff all of a case's, a sender their own, each with its state in words."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import LazyString, format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.sealing import ring
from app.core.settings import settings
from app.records.domain import Finding, ScanState
from app.records.kinds import KINDS
from app.records.models import File
from app.records.pictures import COPIES, SHOWN
from app.records.uploads import MOST_FILES, Target, unfinished

NEWEST, ON_A_PAGE = 5, 150
SCAN_PATIENCE = timedelta(minutes=10)

ITEM_WORDS: Mapping[str, LazyString] = {
    "referral_letter": _l("Referral letter"),
    "treatment_summary": _l("Treatment summary with dates"),
    "pathology_report": _l("Pathology report"),
    "flow_cytometry": _l("Flow cytometry"),
    "bone_marrow_report": _l("Bone marrow report"),
    "mrd_report": _l("MRD report"),
    "csf_report": _l("CSF report"),
    "imaging": _l("Imaging"),
    "cytogenetics": _l("Cytogenetics"),
    "recent_labs": _l("Recent labs"),
    "infection": _l("Infection tests"),
    "echo": _l("Echocardiogram"),
    "medication_list": _l("Medication list"),
    "hla_report": _l("HLA report"),
    "insurance_card": _l("Insurance card"),
    "identity": _l("Identity"),
    "consent_or_custody_papers": _l("Consent or custody papers"),
    "other": _l("Something else"),
}
STAFF_WORDS: Mapping[str, LazyString] = {
    ScanState.PENDING: _l("waiting for the malware scan"),
    ScanState.CLEAN: _l("scanned, nothing found"),
    ScanState.INFECTED: _l("MALWARE FOUND: nobody can open it"),
    ScanState.FAILED: _l("could not be scanned"),
}
FAILED_WORDS: Mapping[str, LazyString] = {
    Finding.ENCRYPTED: _l("has a password, so it could not be scanned: ask the sender for one without"),
    Finding.TOO_LARGE: _l("too large or too deep to scan: ask the sender for smaller parts"),
    Finding.UNREADABLE: _l("the scanner could not read it: ask the sender to save it anew"),
}
NOT_COPIED = _l("scanned, nothing found; no copy could be made, so the original is saved")
SENDER_WORDS: Mapping[str, LazyString] = {
    ScanState.PENDING: _l("We have it. It is being checked for viruses."),
    ScanState.CLEAN: _l("We have it."),
    ScanState.INFECTED: _l("We have it but cannot open it: a virus was found in it. Please check your device, and call us about another way."),
    ScanState.FAILED: _l("We have it but cannot open it. Please send it again as a PDF or a photo, or call us."),
}  # fmt: skip
SENDER_FAILED: Mapping[str, LazyString] = {
    Finding.ENCRYPTED: _l("We have it but cannot open it: it has a password. Please send it again without one."),
    Finding.TOO_LARGE: _l("We have it but cannot open it: it is too large to check. Please send it in smaller parts."),
}


@dataclass(frozen=True, slots=True)
class FileView:
    """One file, for a list."""

    id: uuid.UUID
    name: str
    kind: str
    size: str
    at: datetime
    party_id: uuid.UUID | None
    item: str
    code: str  # of what it was sorted as; empty where nobody did
    state: ScanState
    for_staff: str
    for_sender: str
    copied: bool  # a photo or scan whose copy staff save
    drawn: bool  # of a kind whose pages are shown as pictures

    @property
    def opens(self) -> bool:
        """Whether staff may open it."""
        return self.state is ScanState.CLEAN

    @property
    def with_reason(self) -> bool:
        """Whether it is looked at with a reason only."""
        return self.drawn and self.state is ScanState.FAILED


def files_of(
    session: Session, case_id: uuid.UUID, *, most: int = ON_A_PAGE, before: uuid.UUID | None = None
) -> tuple[FileView, ...]:
    """Files of a case, newest first (their ids are in the order of their coming), from one on."""
    statement = select(File).where(File.case_id == case_id).order_by(File.id.desc()).limit(most)
    if before is not None:
        statement = statement.where(File.id < before)
    return views(session, session.execute(statement).scalars().all())


def files_from(session: Session, case_id: uuid.UUID, party_id: uuid.UUID) -> tuple[FileView, ...]:
    """What one party sent, newest first; never what another one did."""
    return views(session, session.execute(
        select(File).where(File.case_id == case_id, File.party_id == party_id)
        .order_by(File.id.desc()).limit(MOST_FILES)
    ).scalars().all())  # fmt: skip


def files_of_draft(session: Session, draft_id: uuid.UUID) -> tuple[FileView, ...]:
    """What lies in a form that is not sent yet, in the order of its coming."""
    return views(session, session.execute(
        select(File).where(File.draft_id == draft_id).order_by(File.id).limit(MOST_FILES)
    ).scalars().all())  # fmt: skip


@dataclass(frozen=True, slots=True)
class Newest:
    """For a case's own page."""

    count: int
    newest: tuple[FileView, ...]


def newest_files(session: Session, case_id: uuid.UUID) -> Newest:
    """How many files a case has, and the last few."""
    count = session.execute(select(func.count()).where(File.case_id == case_id)).scalar_one()
    return Newest(count, files_of(session, case_id, most=NEWEST) if count else ())


def views(session: Session, rows: Sequence[File]) -> tuple[FileView, ...]:
    """Their names opened, their states worded."""
    keys = ring().load_many(session, {row.key_id for row in rows}) if rows else {}
    return tuple(
        FileView(
            id=row.id, name=keys[row.key_id].unseal(row.name, ("file", "name", row.id)).decode(),
            kind=str(KINDS[row.media_type].words), size=size_words(row.size), at=row.at, party_id=row.party_id,
            item=str(ITEM_WORDS.get(row.item or "", "")), code=row.item or "", state=ScanState(row.scan_state),
            for_staff=str(staff_words(row)), copied=row.copy_id is not None, drawn=row.media_type in SHOWN,
            for_sender=str(SENDER_FAILED.get(row.finding or "", SENDER_WORDS[row.scan_state])),
        )
        for row in rows
    )  # fmt: skip


def staff_words(row: File) -> LazyString:
    """Where it stands, and what to do."""
    if row.scan_state == ScanState.CLEAN and row.media_type in COPIES and row.copy_id is None:
        return NOT_COPIED
    return FAILED_WORDS.get(row.finding or "", STAFF_WORDS[row.scan_state])


@dataclass(frozen=True, slots=True)
class UnfinishedView:
    """A file that was begun to be sent."""

    address: str
    name: str
    size: int
    percent: int


def unfinished_views(target: Target, address: Callable[[uuid.UUID], str]) -> tuple[UnfinishedView, ...]:
    """What this sender can go on with, and where."""
    return tuple(
        UnfinishedView(address(one.id), one.name, one.size or 0, 100 * one.received // max(1, one.size or 0))
        for one in unfinished(target)
    )


def size_words(size: int) -> str:
    """As people say it."""
    if size < 1_000_000:
        return _("%(size)s kB", size=format_decimal(max(1, round(size / 1000))))
    return _("%(size)s MB", size=format_decimal(round(size / 1_000_000, 1)))


def scanner_alarm(session: Session, at: datetime) -> str | None:
    """What the desk must know of the scanner: none is set up, or files wait longer than a scan takes."""
    waiting, oldest = session.execute(
        select(func.count(), func.min(File.at)).where(File.scan_state == ScanState.PENDING, File.case_id.is_not(None))
    ).one()
    if not settings().clamd and (waiting or not settings().demo):
        return _(
            "No malware scanner is set up: files that are sent can be taken, but nobody can open them. Tell your administrator."
        )
    if waiting and oldest < at - SCAN_PATIENCE:
        return _(
            "The malware scanner does not answer: %(count)s files wait and cannot be opened. Tell your administrator.",
            count=waiting,
        )
    return None
