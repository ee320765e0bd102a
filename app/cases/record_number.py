"""The child's number in our own records: sealed with the identity, found by a blind token; one on two open cases alarms both.

It stands beside the number that a referrer wrote, which is that of their records.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.cases.change import Change, change
from app.cases.domain import ChildIdentity
from app.cases.models import BlindToken, Case, Submission
from app.cases.receive import blind_key
from app.cases.story import identity_of
from app.core.actor import Actor, Permission
from app.core.blind import OUR_NUMBER, Term, tokens
from app.core.database import AnyRow, write_rows
from app.core.errors import Conflict, NotAllowed, Refused

LONGEST = 32


def link_record_number(
    session: Session, case_id: uuid.UUID, actor: Actor, at: datetime, *, seen: str, number: str, read_back: str
) -> None:
    """Keep our number with the child. `seen` is the one on the page, `read_back` whom it was read back for.

    Raises Conflict, or Refused with the sentence. An empty number takes it away.
    """
    others = [one.id for one in holders(session, number, case_id)]
    with change(session, [case_id, *others], actor, None, at) as act:
        case = act.cases[case_id]
        if not actor.may(Permission.WORK_CASES, case.program):
            raise NotAllowed
        key = act.key(case)
        child = identity_of(key, case_id, case.identity)
        if (child.our_mrn or "") != seen:
            words = _("Somebody else changed the number while you looked at it.")
            raise Conflict(words, mine=number, theirs=child.our_mrn or "")
        if number == seen:
            raise Refused(_("This number is linked already."), "number")
        if read_back != whom(child):
            raise Refused(_("Name or birth date changed meanwhile: read them back once more."), "number")
        changed = replace(child, our_mrn=number or None)
        document = {name: getattr(changed, name) for name in ChildIdentity.__slots__}
        case.identity = key.seal_json(document, ("case", "identity", case_id))
        write_token(act, case, number)
        act.record("number_linked", case=case, detail={"was": seen, "line": number or seen})
        for other in others:
            for one, twin in ((case, act.cases[other]), (act.cases[other], case)):
                act.record("same_number", case=one, subject_id=twin.id, detail={"line": twin.reference})


def whom(child: ChildIdentity) -> str:
    """Name and birth date, as they are read back: what was confirmed is what stands."""
    return "|".join((child.given_name, child.family_name or "", child.birth_date or ""))


def write_token(act: Change, case: Case, number: str) -> None:
    """What search finds the case by, in place of what was there."""
    act.session.execute(delete(BlindToken).where(BlindToken.case_id == case.id, BlindToken.kind == OUR_NUMBER))
    first = act.session.execute(
        select(Submission.id).where(Submission.case_id == case.id).order_by(Submission.received_at, Submission.id).limit(1)
    ).scalar_one()  # fmt: skip
    key = blind_key(act.session)
    rows = [
        {"kind": kind, "token": token, "case_id": case.id, "submission_id": first, "key_version": key.version}
        for kind, token in tokens(key, (Term(OUR_NUMBER, number),))
    ]
    if rows:
        write_rows(act.session, BlindToken, rows)


def holders(session: Session, number: str, case_id: uuid.UUID) -> Sequence[AnyRow]:
    """Other open cases with this number, of whatever program."""
    wanted = [token for _kind, token in tokens(blind_key(session), (Term(OUR_NUMBER, number),))]
    if not wanted:
        return ()
    return session.execute(
        select(Case.id, Case.reference, Case.program).join(BlindToken, BlindToken.case_id == Case.id)
        .where(BlindToken.kind == OUR_NUMBER, BlindToken.token.in_(wanted), Case.id != case_id, Case.is_open)
        .order_by(Case.reference).limit(10)
    ).all()  # fmt: skip


@dataclass(frozen=True, slots=True)
class SameNumber:
    """Another open case with the same number; one that the reader may not open is named only."""

    reference: str
    readable: bool


def same_number(session: Session, actor: Actor, case: Case, child: ChildIdentity) -> tuple[SameNumber, ...]:
    """The alarm on an open case; nothing is asked where no number is linked."""
    if not case.is_open or not child.our_mrn:
        return ()
    return tuple(
        SameNumber(one.reference, actor.may(Permission.READ_CASES, one.program))
        for one in holders(session, child.our_mrn, case.id)
    )
