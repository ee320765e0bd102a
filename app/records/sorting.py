"""Sorts files onto what a review needs; a record on the checklist is received when a file stands on it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.cases.change import Change, change
from app.cases.checklist import came
from app.core.actor import Actor, Permission
from app.core.errors import Refused
from app.records.domain import ITEMS, ScanState
from app.records.models import File

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


def follow_files(act: Change, items: Iterable[str]) -> None:
    """The checklist follows what files stand on its records: one that nobody can open is none."""
    for item in sorted(items):
        here = exists().where(File.case_id == act.case.id, File.item == item, File.scan_state.in_(READABLE))
        came(act, item, here=act.session.execute(select(here)).scalar_one())
