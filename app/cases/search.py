"""Finding cases by blind tokens: what was typed in the search box, and which other case may be the same child."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.cases.domain import ChildIdentity, Status
from app.cases.models import BlindToken, Case, Submission
from app.cases.queue import COLUMNS, PAGE
from app.cases.receive import blind_key
from app.cases.story import identity_of
from app.core.blind import WORD, Query, Term, fold, normalise_name, tokens
from app.core.database import AnyRow
from app.core.sealing import DataKeyRow, ring

NAMES = ("child_name", "party_name")
SHARED = ("child_name", "phone")  # one of these beside the birth date, and it may be the same child


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


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another case that may be about the same child. Of a program that the reader does not read: its name only."""

    case_id: uuid.UUID
    reference: str
    program: str
    why: tuple[str, ...] = ()
    status: Status | None = None
    child: ChildIdentity | None = None
    sibling: bool = False


def may_be_same_child(session: Session, programs: Sequence[str], case_id: uuid.UUID) -> list[Likeness]:
    """Other cases with the same birth date and a name or a family's phone in common, with what is equal.

    Where a birth date is missing: with the same whole name, or the same given name and phone. Suggests only: nothing is
    joined.
    """
    mine, birth, theirs = aliased(BlindToken), aliased(BlindToken), aliased(BlindToken)
    rows = session.execute(
        select(Case.id, Case.reference, theirs.kind)
        .join(birth, birth.case_id == Case.id)
        .join(theirs, theirs.case_id == Case.id)
        .where(
            Case.id != case_id, birth.kind == "birth_date", theirs.kind.in_(SHARED),
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
    reasons: dict[uuid.UUID, list[str]] = {}
    for row in rows:
        reasons.setdefault(row.id, ["birth_date"]).append(row.kind)
    undated = born_unknown(session, case_id)
    reasons |= {other: [*why] for other, why in undated.items()}
    cases = session.execute(select(Case).where(Case.id.in_([case_id, *reasons]))).scalars().all()
    keys = ring().load_many(session, {one.key_id for one in cases if one.id == case_id or one.program in programs})
    children = {one.id: identity_of(keys[one.key_id], one.id, one.identity) for one in cases if one.key_id in keys}
    by_id = {one.id: one for one in cases}
    child = children[case_id]
    return [
        likeness(by_id[other], tuple(why), child, children.get(other))
        for other, why in reasons.items()
        if other not in undated or other not in children or called_alike(child, children[other], why)
    ]


def born_unknown(session: Session, case_id: uuid.UUID) -> dict[uuid.UUID, tuple[str, ...]]:
    """Cases with two words of a name, or one and a phone, in common, where either has no birth date; with what is equal.

    A child with one name only has one word.
    """
    mine, theirs, birth = aliased(BlindToken), aliased(BlindToken), aliased(BlindToken)
    names, phones = (
        func.count(case((theirs.kind == kind, theirs.token)).distinct()) for kind in SHARED
    )  # fmt: skip
    words = select(func.count(mine.token.distinct())).where(mine.case_id == case_id, mine.kind == "child_name")
    own = session.execute(words).scalar_one()
    rows = session.execute(
        select(theirs.case_id, phones.label("phones"))
        .join(mine, and_(mine.kind == theirs.kind, mine.token == theirs.token))
        .where(
            mine.case_id == case_id, theirs.case_id != case_id, theirs.kind.in_(SHARED),
            or_(*(
                ~exists(select(birth.case_id).where(birth.case_id == one, birth.kind == "birth_date"))
                for one in (mine.case_id, theirs.case_id)
            )),
        )
        .group_by(theirs.case_id)
        .having(names >= case((phones > 0, 1), else_=min(own, 2)), names > 0)
        .order_by(phones.desc(), names.desc(), theirs.case_id)
        .limit(PAGE)
    ).all()  # fmt: skip
    return {row.case_id: SHARED if row.phones else SHARED[:1] for row in rows}


def called_alike(one: ChildIdentity, other: ChildIdentity, shared: Sequence[str]) -> bool:
    """Whether two are called the same: wholly, or, with one phone, by their given name."""
    return bool(whole_names(one) & whole_names(other)) or ("phone" in shared and same_given_name(one, other))


def whole_names(child: ChildIdentity) -> set[str]:
    """What a child is called, given and family name in either order, as letters only."""
    family = child.family_name or ""
    given = [one for one in (child.given_name, child.preferred_name) if one]
    pairs = [pair for one in given for pair in ((one, family), (family, one))]
    whole = [" ".join(pair) for pair in pairs] + [child.latin_name or child.given_name] * (not family)
    return {squashed(one) for one in whole} - {""}


def squashed(name: str) -> str:
    """Its letters, folded, without what stands between them."""
    return "".join(WORD.findall(fold(name)))


def of_same_family(session: Session, programs: Sequence[str], case_id: uuid.UUID) -> list[Likeness]:
    """Cases of other children: a phone or an address in common, and another given name."""
    theirs = aliased(BlindToken)
    mine = select(BlindToken.case_id).where(
        BlindToken.case_id == case_id, BlindToken.kind == theirs.kind, BlindToken.token == theirs.token
    )
    cases = session.execute(
        select(Case).where(
            Case.program.in_(programs), Case.id != case_id,
            Case.id.in_(select(theirs.case_id).where(theirs.kind.in_(("phone", "email")), exists(mine))),
        ).order_by(Case.reference).limit(PAGE)
    ).scalars().all()  # fmt: skip
    this = session.get_one(Case, case_id)
    keys = ring().load_many(session, {one.key_id for one in (this, *cases)})
    children = {one.id: identity_of(keys[one.key_id], one.id, one.identity) for one in (this, *cases)}
    return [
        Likeness(one.id, one.reference, one.program, ("phone",), Status(one.status), children[one.id], sibling=True)
        for one in cases
        # Called the same and born on another day: perhaps a slip in the date. Nobody says that it is another child.
        if not same_given_name(children[case_id], children[one.id])
    ]


def alike(one: InstrumentedAttribute[uuid.UUID], other: InstrumentedAttribute[uuid.UUID]) -> ColumnElement[bool]:
    """The same of two cases by their ids, to be asked of a few pairs inside another question."""

    def common(kinds: Sequence[str]) -> ColumnElement[bool]:
        mine, theirs = aliased(BlindToken), aliased(BlindToken)
        same = (mine.kind == theirs.kind, mine.token == theirs.token, mine.kind.in_(kinds))
        return exists(select(mine.case_id).where(mine.case_id == one, theirs.case_id == other, *same))

    return and_(one != other, common(("birth_date",)), common(SHARED))


def likeness(case: Case, why: tuple[str, ...], mine: ChildIdentity, theirs: ChildIdentity | None) -> Likeness:
    """All that is printed of it, or, where its identity stays closed, where it is."""
    if theirs is None:
        return Likeness(case.id, case.reference, case.program)
    return Likeness(
        case.id, case.reference, case.program, tuple(sorted(why)), Status(case.status), theirs,
        sibling=not same_given_name(mine, theirs),
    )  # fmt: skip


def same_given_name(one: ChildIdentity, other: ChildIdentity) -> bool:
    """Whether a given name of one is among the other's names, whatever their order and how they are joined."""
    return squashed(one.given_name) == squashed(other.given_name) or any(
        given_names(here) & (given_names(there) | {*normalise_name(there.family_name or "")})
        for here, there in ((one, other), (other, one))
    )


def given_names(child: ChildIdentity) -> set[str]:
    """The words that a child is called by."""
    return {
        word
        for name in (child.given_name, child.preferred_name, child.latin_name)
        for word in normalise_name(name or "")
    }
