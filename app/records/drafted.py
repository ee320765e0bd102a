"""Files of a form that is not sent yet: they lie with it, become its case's in the act that sends it, or end with it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.cases.change import change
from app.cases.domain import Receipt
from app.cases.guard import Exempt, writing
from app.cases.models import Link
from app.core.actor import Actor
from app.core.database import transaction
from app.core.sealing import DataKeyRow
from app.drafts.models import DraftRow
from app.drafts.service import Draft
from app.records.models import File, Upload
from app.records.sorting import follow_files
from app.records.stores import store


def adopt_files(session: Session, draft: Draft, receipt: Receipt, actor: Actor, at: datetime, *, created: bool) -> None:
    """Hand the form's files to its case, in the act that sends it: nothing is sealed anew, nothing waits for a scan.

    The form is held first, so that a file whose last byte comes now is either here or goes to the case by itself.
    """
    session.execute(select(DraftRow.id).where(DraftRow.id == draft.id).with_for_update())
    files = session.execute(select(File.id, File.name).where(File.draft_id == draft.id).order_by(File.id)).all()
    party_id = select(Link.party_id).where(Link.id == receipt.link_id).scalar_subquery()
    coming = session.execute(
        update(Upload).where(Upload.for_draft_id == draft.id)
        .values(for_case_id=receipt.case_id, for_draft_id=None, party_id=party_id)
        .returning(Upload.id).execution_options(synchronize_session=False)
    ).all()  # fmt: skip
    if files or coming:  # a form that was sent before has a key of its own, which its new files need from now on
        session.execute(update(DataKeyRow).where(DataKeyRow.id == draft.key.id).values(purpose="case"))
    if not files:
        return
    with change(session, [receipt.case_id], actor, None, at) as act:
        adopted = session.execute(
            update(File).where(File.draft_id == draft.id)
            .values(case_id=receipt.case_id, origin_case_id=receipt.case_id, draft_id=None, party_id=party_id, at=at)
            .returning(File.party_id, File.item).execution_options(synchronize_session=False)
        ).all()  # fmt: skip
        for file_id, name in files:
            typed = draft.key.unseal(name, ("file", "name", file_id)).decode()
            act.record("file_added", party_id=adopted[0].party_id, subject_id=file_id, detail={"name": typed})
            act.job("scan_file", dedupe_key=f"scan_file:{file_id}", subject_id=file_id)
        follow_files(act, {one.item for one in adopted if one.item})
        if not created:
            act.case.changed_after_sending_at = at


def sort_drafted(draft_id: uuid.UUID, items: Mapping[uuid.UUID, str]) -> None:
    """What the sender says of files that lie with the form."""
    with transaction() as session, writing(Exempt.UNSENT):
        for file_id, item in items.items():
            session.execute(
                update(File).where(File.id == file_id, File.draft_id == draft_id).values(item=item)
                .execution_options(synchronize_session=False)
            )  # fmt: skip


def remove_file(draft_id: uuid.UUID, file_id: uuid.UUID) -> None:
    """The sender changed their mind before the form was sent. Raises StoreAway, when the row is gone already."""
    with transaction() as session, writing(Exempt.UNSENT):
        gone = session.execute(
            delete(File).where(File.id == file_id, File.draft_id == draft_id).returning(File.id)
            .execution_options(synchronize_session=False)
        ).scalar_one_or_none()  # fmt: skip
    if gone is not None:
        store().remove(gone)
