"""The records checklist of a case: made from the program folder as the case begins, kept by what comes and by staff.

Every act that changes it ends in `settle`, which starts or stops the second clock in the same act.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases import second_clock
from app.cases.change import Change, change
from app.cases.checklist_domain import CHASE_DAYS, OWED, SAID, ItemState, complete
from app.cases.domain import NewSubmission, Receipt
from app.cases.models import Party
from app.cases.models_checklist import ChecklistItem
from app.cases.reach import DOCTOR
from app.core.actor import Actor, Permission
from app.core.errors import Conflict, Refused
from app.core.ids import new_id
from app.programs.clocks import add_business_days
from app.programs.domain import RecordItem, asked_by
from app.programs.service import calendar_of, hospital

REFERRER: Literal["referrer"] = "referrer"
FAMILY = "family"


def wanted(program: str, group: str) -> tuple[RecordItem, ...]:
    """What a review of this disease group asks for, as the hospital's form does.

    A record that the form leaves out is not missed; one that it requires is needed, whoever lists it.
    """
    found = hospital()
    hidden, required = asked_by(found.folder.forms, "referral", group)
    listed = [one for one in found.program_or_default(program).records_of(group) if f"record_{one.item}" not in hidden]
    known = {one.item for one in listed}
    extra = [name.removeprefix("record_") for name in sorted(required) if name.startswith("record_")]
    return (
        *(replace(one, needed=True) if f"record_{one.item}" in required else one for one in listed),
        *(RecordItem(item, REFERRER) for item in extra if item not in known),
    )


def chase_at(program: str, at: datetime, days: int) -> datetime:
    """When somebody is asked for it once more."""
    return add_business_days(calendar_of(program), at, days)


def new_row(
    case_id: uuid.UUID, program: str, one: RecordItem, place: int, state: ItemState, at: datetime
) -> dict[str, Any]:
    """One record as a case begins."""
    owed = state in OWED
    return {
        "id": new_id(), "case_id": case_id, "origin_case_id": case_id, "item": one.item, "owner": one.owner,
        "needed": one.needed, "place": place, "party_id": None, "state": str(state), "how": "form", "asked_at": None,
        "chased_at": None, "due_at": chase_at(program, at, one.chase_days) if owed else None,
        "settled_at": None if owed else at, "waived_by": None,
    }  # fmt: skip


def first_rows(new: NewSubmission, receipt: Receipt, parties: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The list of a new case: each record as the form said, with the party that has it."""
    owners = owners_of((row["role"], row["id"]) for row in parties)
    return [
        new_row(receipt.case_id, new.program, one, place, state_said(new, one.item), new.received_at)
        | {"party_id": owners.get(one.owner)}
        for place, one in enumerate(wanted(new.program, new.facts.disease_group))
    ]


def state_said(new: NewSubmission, item: str) -> ItemState:
    """In the one vocabulary; nothing said is missing."""
    return SAID.get(new.records.get(item, ""), ItemState.MISSING)


def owners_of(parties: Any) -> dict[str, uuid.UUID]:  # noqa: ANN401  pairs of role and id, whoever wrote first
    """Which party has what a referrer or a family has."""
    found: dict[str, uuid.UUID] = {}
    for role, party_id in parties:
        found.setdefault(REFERRER if role in {REFERRER, DOCTOR} else FAMILY, party_id)
    return found


def items_of(session: Session, case_id: uuid.UUID) -> Sequence[ChecklistItem]:
    """The list, in the folder's order."""
    return session.execute(
        select(ChecklistItem).where(ChecklistItem.case_id == case_id).order_by(ChecklistItem.place, ChecklistItem.id)
    ).scalars().all()  # fmt: skip


def mark(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, seen: Mapping[str, str], to: ItemState,
    reason: str,
) -> None:  # fmt: skip
    """Say where records stand. `seen` is the state of each on the page. Raises Conflict or Refused."""
    with change(session, [case_id], actor, Permission.WORK_CASES, at) as act:
        rows = [row for row in items_of(session, case_id) if row.item in seen]
        if not rows:
            raise Refused(_("Tick at least one record."), "item")
        if to is ItemState.WAIVED and not reason.strip():
            raise Refused(_("Write why the review can do without it. Your name stays beside it."), "reason")
        other = next((row for row in rows if row.state != seen[row.item]), None)
        if other is not None:
            raise Conflict(_("Somebody else marked a record while you looked at the list."), mine=to, theirs=other.item)
        for row in rows:
            put(act, row, to, "staff", reason.strip())
        settle(act)


def put(act: Change, row: ChecklistItem, to: ItemState, how: str, reason: str = "") -> None:
    """Set one record's state, with its line in the timeline."""
    old, case = row.state, act.case
    row.state, row.how = to, how
    row.waived_by = act.actor.id if to is ItemState.WAIVED else None
    row.due_at = chase_at(case.program, act.at, CHASE_DAYS) if to in OWED else None
    row.settled_at = None if to in OWED else act.at
    detail = {"item": row.item} | ({"reason": reason} if reason else {})
    act.record("record_marked", old=old, new=to, detail=detail, subject_id=row.id, party_id=row.party_id)


def came(act: Change, item: str, *, here: bool) -> None:
    """A file stands on this record now, or none does any more. What no list names is only a file."""
    row = next((one for one in items_of(act.session, act.case.id) if one.item == item), None)
    if row is None:
        return
    if here and row.state != ItemState.RECEIVED:
        put(act, row, ItemState.RECEIVED, "file")
    elif not here and row.state == ItemState.RECEIVED and row.how == "file":
        put(act, row, ItemState.MISSING, "file")
    settle(act)


def remake(act: Change, new: NewSubmission | None = None) -> None:
    """The list as the case's program and disease ask for it now; what stands already keeps its state.

    After a correction (`new`), what only the form had said follows the newest form.
    """
    session, case = act.session, act.case
    parties = session.execute(
        select(Party.role, Party.id).where(Party.case_id == case.id).order_by(Party.submission_id.is_(None), Party.id)
    ).all()
    owners = owners_of(parties)
    have = {row.item: row for row in items_of(session, case.id)}
    for place, one in enumerate(wanted(case.program, case.disease_group)):
        row, said = have.pop(one.item, None), state_said(new, one.item) if new else ItemState.MISSING
        if row is None:
            row = ChecklistItem(**new_row(case.id, case.program, one, place, said, act.at))
            session.add(row)
        elif new is not None and row.how == "form" and row.state != said:
            put(act, row, said, "form")
        row.owner, row.needed, row.place, row.party_id = one.owner, one.needed, place, owners.get(one.owner)
    for row in have.values():
        if row.state in OWED and row.asked_at is None:
            session.delete(row)
        else:
            row.needed = False
    session.flush()
    settle(act)


def settle(act: Change) -> None:
    """Whether the records are complete now: the second clock starts or stops in this act."""
    case, rows = act.case, items_of(act.session, act.case.id)
    # A request outlives the answer on its record: where that was a slip, or the file is gone, it stands again.
    waits = [row.asked_at for row in rows if row.asked_at is not None and row.state in OWED]
    case.asked_at = max(waits, default=None)
    done = complete(row.state for row in rows if row.needed)
    if case.decided_at is not None or done == (case.records_complete_at is not None):
        return
    if done:
        second_clock.start(case, act.at)
        act.record("records_complete", new=case.decision_due_at.isoformat() if case.decision_due_at else None)
    else:
        second_clock.stop(act.session, case, act.at)
        act.record("records_missing_again")


def begin_complete(new: NewSubmission, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A case that begins with complete records begins with its second clock."""
    if not complete(row["state"] for row in rows if row["needed"]):
        return {}
    due_at = second_clock.due_after(new.program, new.facts.urgency, new.received_at)
    return {"records_complete_at": new.received_at, "decision_due_at": due_at}


def owed(rows: Sequence[ChecklistItem], party_id: uuid.UUID) -> tuple[ChecklistItem, ...]:
    """What this party still has to send: what was asked for, and what a review needs."""
    return tuple(
        row for row in rows
        if row.party_id == party_id and row.state in OWED and (row.needed or row.asked_at is not None)
    )  # fmt: skip
