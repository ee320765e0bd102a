"""Sorts files onto what a review needs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.change import change
from app.core.actor import Actor, Permission
from app.core.errors import Refused
from app.records.domain import ITEMS
from app.records.models import File


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
        for file in files:
            old, file.item = file.item, item
            act.record("file_sorted", old=old, new=item, subject_id=file.id)
