"""How a row of the queue reads: name, age, disease, the reason it stands there, due, assignee; nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from app.cases.attention import Band, Reason
from app.cases.domain import ChildIdentity
from app.cases.story import identity_of
from app.core.sealing import ring
from app.desk.words import REASON_WORDS


@dataclass(frozen=True, slots=True)
class Marker:
    """At most one on a row, the highest: a shape, a word."""

    kind: str  # u urgent, l late, m message, s due soon, w waiting
    word: str


@dataclass(frozen=True, slots=True)
class RowView:
    """One row, ready to print."""

    reference: str
    name: str
    age: str
    disease: str
    marker: Marker | None
    reason: str
    due: str
    due_exact: str
    late: bool
    assignee: str | None
    initials: str


def rows_view(
    rows: Sequence[Any], people: Mapping[uuid.UUID, str], at: datetime, zone: ZoneInfo,
    away: Collection[uuid.UUID] = (),
) -> tuple[RowView, ...]:  # fmt: skip
    """Open the identities and word the rows. Who has a case and is `away` is said to be."""
    found = (row_view(row, people, at, zone) for row in rows)
    return tuple(
        replace(one, assignee=_("%(name)s, away", name=one.assignee))
        if row.assignee_id in away and one.assignee
        else one
        for one, row in zip(found, rows, strict=True)
    )


def row_view(row: Any, people: Mapping[uuid.UUID, str], at: datetime, zone: ZoneInfo) -> RowView:  # noqa: ANN401
    """One row. Its key came with it, so nothing more is read."""
    child = identity_of(ring().open(row.key_id, row.master, row.wrapped), row.id, row.identity)
    reasons = row.attention_reasons.split(",")
    late = bool(row.is_open and row.due_at and row.due_at < at)
    assignee = people.get(row.assignee_id) if row.assignee_id else None
    return RowView(
        reference=row.reference,
        name=full_name(child),
        age=age_words(child.birth_date, at.astimezone(zone).date()),
        disease=child.disease,
        marker=marker_of(row, reasons, at, late=late),
        reason="; ".join(reason_words(code, row, at, zone) for code in reasons[:2] if code in set(Reason)),
        due=due_words(row.due_at, at, zone) if row.due_at else "",
        due_exact=exact(row.due_at, zone) if row.due_at else "",
        late=late,
        assignee=assignee,
        initials=initials(assignee) if assignee else "",
    )


def reason_words(code: str, row: Any, at: datetime, zone: ZoneInfo) -> str:  # noqa: ANN401
    """Why a row stands where it does; what is put aside says until when."""
    if row.attention_band == Band.SNOOZED and code == Reason.SNOOZED:
        return _("Snoozed until %(when)s", when=due_words(row.attention_at, at, zone))
    return str(REASON_WORDS[Reason(code)])


def alarm_views(rows: Sequence[Any], at: datetime) -> tuple[tuple[str, str], ...]:
    """Pages that nobody answers: the case's reference, and for how long."""
    minutes = [(row.reference, int((at - row.at).total_seconds() // 60)) for row in rows]
    return tuple(
        (reference, _("%(n)s h", n=waited // 60) if waited >= 120 else _("%(n)s min", n=waited))
        for reference, waited in minutes
    )


def marker_of(row: Any, reasons: Sequence[str], at: datetime, *, late: bool) -> Marker | None:  # noqa: ANN401
    """The highest of the list: do not contact, urgent, late, message, changed, due soon, waiting."""
    if row.contact_stop:
        return Marker("l", _("Do not contact"))
    if row.urgency == "urgent" and Reason.NOBODY_REACHED in reasons:
        return Marker("u", _("Urgent"))
    if late:
        return Marker("l", _("Late"))
    if Reason.UNANSWERED_MESSAGE in reasons:
        return Marker("m", _("Message"))
    if Reason.ANSWERED_REQUEST in reasons:
        return Marker("m", _("Answered"))
    if Reason.CHANGED_AFTER_SENDING in reasons:
        return Marker("m", _("Changed"))
    if row.is_open and row.due_at and (row.due_at - at).total_seconds() < 3 * 3600:
        return Marker("s", _("Due soon"))
    if Reason.SNOOZED in reasons and row.attention_band == Band.SNOOZED:
        return Marker("w", _("Snoozed"))
    if row.waiting_on in {"family", "referrer", "nobody"} and row.is_open:
        return Marker("w", _("Paused"))
    return None


def full_name(child: ChildIdentity) -> str:
    """Given and family name as they were typed; one name is enough."""
    return " ".join(part for part in (child.given_name, child.family_name) if part)


def initials(name: str) -> str:
    """Two letters at most."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()


def age_words(birth_date: str | None, today: date) -> str:
    """Days under a month, weeks under three, months under two years, then years."""
    if not birth_date:
        return ""
    birth = date.fromisoformat(birth_date)
    days = (today - birth).days
    months = (today.year - birth.year) * 12 + today.month - birth.month - (today.day < birth.day)
    if days < 0:
        return ""
    if months < 1:
        return _("%(n)s d", n=days)
    if months < 3:
        return _("%(n)s wk", n=days // 7)
    if months < 24:
        return _("%(n)s mo", n=months)
    return _("%(n)s y", n=months // 12)


def due_words(due: datetime, at: datetime, zone: ZoneInfo) -> str:
    """A date as people say it: today 2:05 pm, tomorrow, Fri, Nov 24; and how late."""
    local, today = due.astimezone(zone), at.astimezone(zone).date()
    hour = local.strftime("%-I:%M %p").lower()
    distance = (local.date() - today).days
    if due < at:
        hours = int((at - due).total_seconds() // 3600)
        if distance < 0:
            hour = f"{local.strftime('%a')} {hour}"
        if hours < 1:
            return _("%(hour)s, now", hour=hour)
        if hours < 24:
            return _("%(hour)s, %(n)s h late", hour=hour, n=hours)
        days = hours // 24
        return ngettext("%(day)s, %(num)s day late", "%(day)s, %(num)s days late", days, day=local.strftime("%b %-d"))
    if distance == 0:
        return _("Today %(hour)s", hour=hour)
    if distance == 1:
        return _("Tomorrow %(hour)s", hour=hour)
    if distance < 7:
        return f"{local.strftime('%a')} {hour}"
    return f"{local.strftime('%b %-d')}, {hour}"


def hour(instant: datetime, zone: ZoneInfo) -> str:
    """The time of the day alone: 2:05 pm."""
    return instant.astimezone(zone).strftime("%-I:%M %p").lower()


def exact(instant: datetime, zone: ZoneInfo) -> str:
    """The instant in full."""
    return instant.astimezone(zone).strftime("%b %-d, %Y, %-I:%M %p %Z")


def moment(instant: datetime, at: datetime, zone: ZoneInfo) -> str:
    """When something happened, as people say it: Today 1:36 pm, Fri 2:20 pm, Nov 17, 7:42 pm."""
    local, today = instant.astimezone(zone), at.astimezone(zone).date()
    hour = local.strftime("%-I:%M %p").lower()
    distance = (today - local.date()).days
    if distance == 0:
        return _("Today %(hour)s", hour=hour)
    if 0 < distance < 7:
        return f"{local.strftime('%a')} {hour}"
    year = "" if local.year == today.year else f", {local.year}"
    return f"{local.strftime('%b %-d')}{year}, {hour}"
