"""The queue's pages: stored order, keyset, one index for each documented filter; counts that stop at 99.

Every list is a union of short index scans, one for each program of the reader (and each assignee asked for), so that
a page costs the same however many cases there are.
"""

from __future__ import annotations

import base64
import binascii
import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_, union_all
from sqlalchemy.orm import Session

from app.cases.attention import Band
from app.cases.models import Case
from app.core.database import AnyRow
from app.core.sealing import DataKeyRow

PAGE = 50
COUNT_STOP = 100
NOBODY = "nobody"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

table = Case.__table__.c
COLUMNS = (
    table.id, table.reference, table.program, table.kind, table.status, table.urgency, table.assignee_id,
    table.waiting_on, table.next_step, table.due_at, table.first_contact_due_at, table.first_contact_at,
    table.language, table.disease_group, table.attention_band, table.attention_at, table.attention_reasons,
    table.received_at, table.is_open, table.contact_stop, table.version, table.key_id, table.identity, table.marker,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; every field is one documented filter. `assignees` may hold NOBODY and ids."""

    program: str | None = None
    status: str | None = None
    urgency: str | None = None
    kind: str | None = None
    assignees: tuple[str, ...] = ()
    language: str | None = None
    disease_group: str | None = None
    due_before: datetime | None = None
    snoozed: bool = False  # only these; every other list leaves them out, and says how many


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: the next one begins after it."""

    band: int
    at: datetime
    id: uuid.UUID

    def text(self) -> str:
        """For the address of the next page: nothing personal is in it."""
        micros = (self.at - EPOCH) // timedelta(microseconds=1)
        return base64.urlsafe_b64encode(struct.pack(">Bq", self.band, micros) + self.id.bytes).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """None for anything that is not a cursor."""
        try:
            raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            band, micros = struct.unpack(">Bq", raw[:9])
            return cls(band, EPOCH + timedelta(microseconds=micros), uuid.UUID(bytes=raw[9:]))
        except (ValueError, binascii.Error, struct.error, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Rows in order, and where the next page begins."""

    rows: Sequence[AnyRow]
    after: Cursor | None


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """Everything but program and assignee, which make the branches of the union."""
    # An ended status has its own index over all cases; every other list is about open ones.
    found: list[ColumnElement[bool]] = [] if filters.status else [table.is_open]
    aside = table.attention_band == Band.SNOOZED
    found.append(aside if filters.snoozed else ~aside)
    for name in ("status", "urgency", "kind", "language", "disease_group"):
        wanted = getattr(filters, name)
        if wanted is not None:
            found.append(table[name] == wanted)
    if filters.due_before is not None:
        found += [table.due_at.is_not(None), table.due_at <= filters.due_before]
    return found


def branches(programs: Sequence[str], filters: Filters) -> list[list[ColumnElement[bool]]]:
    """One set of conditions for each program that the reader has, and each assignee asked for."""
    chosen = [code for code in programs if filters.program in {None, code}]
    who: list[ColumnElement[bool] | None] = [
        table.assignee_id.is_(None) if one == NOBODY else table.assignee_id == uuid.UUID(one)
        for one in filters.assignees
    ] or [None]
    return [
        [table.program == code, *([] if assignee is None else [assignee]), *conditions(filters)]
        for code, assignee in product(chosen, who)
    ]


def order_of(filters: Filters) -> tuple[ColumnElement[Any], ...]:
    """The stored order; what is asked for by due date stands by due date, so that its own index serves it."""
    if filters.due_before is not None:
        return (table.due_at, table.id)
    return (table.attention_band, table.attention_at, table.id)


def page(
    session: Session, programs: Sequence[str], filters: Filters, after: Cursor | None, size: int = PAGE
) -> QueuePage:
    """One page of the queue, with each row's wrapped key beside it."""
    wanted, order = branches(programs, filters), order_of(filters)
    if not wanted:
        return QueuePage((), None)
    parts: list[Select[Any]] = []
    for branch in wanted:
        statement = select(*order).where(*branch)
        if after is not None:
            statement = statement.where(follows(after, order))
        parts.append(statement.order_by(*order).limit(size + 1))
    keys = first_of(parts, [column.name for column in order], size + 1)
    rows = session.execute(
        select(*COLUMNS, DataKeyRow.master, DataKeyRow.wrapped)
        .select_from(keys)
        .join(Case.__table__, table.id == keys.c.id)
        .join(DataKeyRow.__table__, DataKeyRow.__table__.c.id == table.key_id)
        .order_by(*(keys.c[column.name] for column in order))
    ).all()
    last = rows[size - 1] if len(rows) > size else None
    return QueuePage(rows[:size], None if last is None else cursor_of(last, filters))


def cursor_of(row: Any, filters: Filters) -> Cursor:  # noqa: ANN401  a row of a list, or a case
    """Where the next page begins."""
    if filters.due_before is not None:
        return Cursor(0, row.due_at, row.id)
    return Cursor(row.attention_band, row.attention_at, row.id)


def first_of(parts: list[Select[Any]], names: Sequence[str], size: int) -> Any:  # noqa: ANN401  a subquery
    """The first rows of all branches together."""
    if len(parts) == 1:
        return parts[0].subquery("keys")
    merged = union_all(*(select(part.subquery()) for part in parts)).subquery("branches")
    columns = [merged.c[name] for name in names]
    return select(*columns).order_by(*columns).limit(size).subquery("keys")


def follows(after: Cursor, order: Sequence[ColumnElement[Any]]) -> ColumnElement[bool]:
    """Row-value comparison: the index is entered at the cursor, not counted up to it."""
    values = (after.band, after.at, after.id)[-len(order) :]
    return tuple_(*order) > tuple_(*(literal(value, column.type) for value, column in zip(values, order, strict=True)))


def counts(session: Session, programs: Sequence[str], views: dict[str, Filters]) -> dict[str, int]:
    """For each view the number of its cases, exact to 99; 100 stands for more. One statement for all views."""
    counted = []
    for name, filters in views.items():
        parts = [
            select(select(literal(1).label("one")).where(*branch).limit(COUNT_STOP).subquery())
            for branch in branches(programs, filters)
        ]
        inside = union_all(*parts).subquery() if parts else None
        total = select(func.count()).select_from(inside) if inside is not None else select(literal(0))
        counted.append(total.scalar_subquery().label(name))
    if not counted:
        return {}
    row = session.execute(select(*counted)).one()
    return {name: min(getattr(row, name), COUNT_STOP) for name in views}
