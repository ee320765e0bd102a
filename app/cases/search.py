"""Finding cases by blind tokens: what was typed in the search box, and which other case may be the same child."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from app.cases.models import BlindToken, Case, Submission
from app.cases.queue import COLUMNS, PAGE
from app.cases.receive import blind_key
from app.core.blind import Query, Term, tokens
from app.core.database import AnyRow
from app.core.sealing import DataKeyRow

NAMES = ("child_name", "party_name")


def found(session: Session, programs: Sequence[str], query: Query) -> Sequence[AnyRow]:
    """The case of a reference, or cases that hold, for every group, one of its terms (the child's or a parent's).

    At most a page, most pressing first.
    """
    wanted = [holds(session, group) for group in query.groups]
    if query.reference is not None:
        named = Case.id.in_(select(Submission.case_id).where(Submission.reference == query.reference))
        wanted = [or_(named, and_(*wanted)) if wanted else named]
    if not wanted or not programs:
        return ()
    return session.execute(
        select(*COLUMNS, DataKeyRow.master, DataKeyRow.wrapped)
        .join(DataKeyRow, DataKeyRow.id == Case.key_id)
        .where(Case.program.in_(programs), *wanted)
        .order_by(Case.attention_band, Case.attention_at, Case.id)
        .limit(PAGE)
    ).all()


def holds(session: Session, group: Sequence[Term]) -> ColumnElement[bool]:
    """Whether a case holds one of these terms."""
    pairs = sorted(set(tokens(blind_key(session), group)))
    return Case.id.in_(
        select(BlindToken.case_id).where(
            or_(*(and_(BlindToken.kind == kind, BlindToken.token == token) for kind, token in pairs))
        )
    )


def may_be_same_child(
    session: Session, programs: Sequence[str], case_id: uuid.UUID
) -> list[tuple[str, tuple[str, ...]]]:
    """References of other cases with the same birth date and a name or phone in common, with what is equal.

    Suggests only: nothing is joined.
    """
    mine, birth, theirs = aliased(BlindToken), aliased(BlindToken), aliased(BlindToken)
    shared = or_(theirs.kind == "child_name", theirs.kind == "phone")
    rows = session.execute(
        select(Case.reference, theirs.kind)
        .join(birth, birth.case_id == Case.id)
        .join(theirs, theirs.case_id == Case.id)
        .where(
            Case.id != case_id, Case.program.in_(programs), birth.kind == "birth_date", shared,
            exists().where(mine.case_id == case_id, mine.kind == "birth_date", mine.token == birth.token),
            exists(
                select(BlindToken.case_id).where(
                    BlindToken.case_id == case_id, BlindToken.kind == theirs.kind, BlindToken.token == theirs.token
                )
            ),
        )
        .distinct()
        .order_by(Case.reference)
        .limit(PAGE)
    ).all()  # fmt: skip
    reasons: dict[str, list[str]] = {}
    for reference, kind in rows:
        reasons.setdefault(reference, ["birth_date"]).append(kind)
    return [(reference, tuple(sorted(set(kinds)))) for reference, kinds in reasons.items()]
