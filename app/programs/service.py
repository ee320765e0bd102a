"""Which version of the program folder is in force: the newest applied one. A folder with faults changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from flask import Flask, current_app
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.core.clock import now, stopwatch
from app.core.database import db, transaction
from app.core.ids import new_id
from app.core.logs import log
from app.programs.domain import Calendar, Hospital
from app.programs.folder import FolderRefused, built, digest_of, files_of, packed, unpacked
from app.programs.found import Questions
from app.programs.models import ProgramVersion
from app.programs.succession import InUse, faults_against
from app.programs.texts import Texts
from app.web.i18n import tag

LOOK_AGAIN = 5.0  # seconds: how soon every process follows a version that was applied


@dataclass(slots=True)
class InForce:
    """What a process serves, and when it last asked whether that is still the newest."""

    folder: Path
    questions: Callable[[], Questions]
    in_use: Callable[[Session], InUse]
    hospital: Hospital | None = None
    applied_at: datetime | None = None
    asked_at: float = float("-inf")


def init_programs(
    app: Flask, folder: Path, questions: Callable[[], Questions], in_use: Callable[[Session], InUse]
) -> None:
    """Know the folder and what the doors ask; nothing is read yet. `questions` is what `check` knows of them."""
    app.extensions["program"] = InForce(folder, questions, in_use)

    app.before_request(refresh)


def in_force() -> InForce:
    """What this process serves."""
    return cast("InForce", current_app.extensions["program"])


def hospital() -> Hospital:
    """The hospital as the version in force says; before anything was applied, as the folder says."""
    state = in_force()
    if state.hospital is None:
        refresh()
    if state.hospital is None:
        state.hospital = from_folder(state.folder, state.questions())
    return state.hospital


def calendar_of(program: str) -> Calendar:
    """The calendar of a case's program."""
    found = hospital()
    return found.calendars[found.program_or_default(program).code]


def own_texts() -> Texts:
    """The hospital's own sentences in the language of this request, or in its first one."""
    found = hospital()
    return found.texts.get(tag()) or found.texts[found.folder.languages[0]]


def refresh() -> None:
    """Follow a newer version. One that cannot be read leaves the last good one in force."""
    state = in_force()
    if stopwatch() - state.asked_at < LOOK_AGAIN:
        return
    state.asked_at, session = stopwatch(), db.session()
    if state.hospital is None and not inspect(session.connection()).has_table(ProgramVersion.__tablename__):
        return
    newest = session.execute(
        select(ProgramVersion.id, ProgramVersion.digest, ProgramVersion.applied_at)
        .order_by(ProgramVersion.applied_at.desc(), ProgramVersion.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is None or (state.hospital is not None and state.hospital.digest == newest.digest and state.applied_at):
        return
    content = session.execute(select(ProgramVersion.content).where(ProgramVersion.id == newest.id)).scalar_one()
    try:
        state.hospital = built(unpacked(content), state.questions(), None)
    except FolderRefused as refused:
        log().error("program_refused", count=len(refused.faults))
        return
    state.applied_at = newest.applied_at


def from_folder(folder: Path, questions: Questions) -> Hospital:
    """The folder as it is on disk. Raises FolderRefused with every fault."""
    return built(files_of(folder), questions, now().date())


def apply(session: Session, folder: Path, at: datetime) -> Hospital | None:
    """Store the folder as the version in force; None when it is that already. Raises FolderRefused."""
    state = in_force()
    files = files_of(folder)
    found = built(files, state.questions(), at.date())
    newest = session.execute(
        select(ProgramVersion.digest).order_by(ProgramVersion.applied_at.desc(), ProgramVersion.id.desc()).limit(1)
    ).scalar_one_or_none()
    if newest == digest_of(files):
        return None
    if newest is not None:
        state.asked_at = float("-inf")
        refresh()
        faults = list(faults_against(hospital(), found, files, state.in_use(session)))
        if faults:
            raise FolderRefused(faults)
    session.add(
        ProgramVersion(id=new_id(), version=found.version, digest=found.digest, content=packed(files), applied_at=at)
    )
    session.flush()
    state.hospital, state.asked_at = None, float("-inf")  # read anew at the next question, after the commit
    return found


def apply_first() -> None:
    """The first start puts the folder in force; later ones leave what is in force. Raises FolderRefused."""
    refresh()
    if in_force().applied_at is None:
        with transaction() as writing:
            apply(writing, in_force().folder, now())
