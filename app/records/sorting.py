"""Sorts files onto what a review needs; a record on the checklist is received when a file stands on it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.cases.change import Change, change, lock
from app.cases.checklist import came
from app.core.actor import PUBLIC, Actor, Permission
from app.core.errors import Refused
from app.records.domain import ITEMS, ScanState
from app.records.models import File

FIELD = "item-"  # and a file's id: what its select is called
READABLE = (ScanState.PENDING, ScanState.CLEAN)


def sort_files(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, ids: Sequence[uuid.UUID], item: str
) -> None:
    """Say what these files are. Raises Refused."""
    if item not in ITEMS:
        raise Refused(_("Choose what the files are."), "item")
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        files = session.execute(select(File).where(File.case_id == case_id, File.id.in_(ids))).scalars().all()
        if not files:
            raise Refused(_("Choose at least one file."), "file")
        left = {file.item for file in files if file.item}
        for file in files:
            old, file.item = file.item, item
            act.record("file_sorted", old=old, new=item, subject_id=file.id)
        follow_files(act, left | {item})


def items_said(form: Mapping[str, str]) -> dict[uuid.UUID, str]:
    """What a sender's form says of files; what makes no sense is passed over."""
    found = {}
    for name, item in form.items():
        if name.startswith(FIELD) and item in ITEMS:
            with suppress(ValueError):
                found[uuid.UUID(name.removeprefix(FIELD))] = item
    return found


def sort_own(
    session: Session, case_id: uuid.UUID, party_id: uuid.UUID, at: datetime, items: Mapping[uuid.UUID, str]
) -> None:
    """What a sender says of their own files; what is sorted already stays: staff may have looked inside."""
    lock(session, [case_id])
    files = session.execute(
        select(File).where(
            File.case_id == case_id, File.party_id == party_id, File.item.is_(None), File.id.in_(items)
        )
    ).scalars().all()  # fmt: skip
    if not files:
        return
    with change(session, [case_id], PUBLIC, None, at) as act:
        for file in files:
            file.item = items[file.id]
            act.record("file_sorted", new=file.item, subject_id=file.id, party_id=party_id)
        follow_files(act, {items[file.id] for file in files})


def follow_files(act: Change, items: Iterable[str]) -> None:
    """The checklist follows what files stand on its records: one that nobody can open is none."""
    for item in sorted(items):
        here = exists().where(File.case_id == act.case.id, File.item == item, File.scan_state.in_(READABLE))
        came(act, item, here=act.session.execute(select(here)).scalar_one())
