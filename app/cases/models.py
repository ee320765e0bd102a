"""Tables of a case and of what was sent about its child. What is personal is sealed; open columns are operational."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.cases.domain import Channel, Kind, Marker, Status, Urgency, WaitingOn
from app.core.database import Base, Sealed

ORDER = ("attention_band", "attention_at", "id")
# Each documented filter of the queue has its own index, ending in the queue's order. Status has one over all cases:
# ended ones are listed by it too.
FILTERS = ("urgency", "kind", "assignee_id", "language", "disease_group")


def one_of(column: str, words: type[Kind | Channel | Marker | Status | Urgency | WaitingOn]) -> str:
    """A check that a column holds a word of its vocabulary."""
    return f"{column} in ({', '.join(repr(str(word)) for word in words)})"


def case_reference(*, deferred: bool = False) -> ForeignKey:
    """A foreign key to a case; deferred where the row must be inserted before its case."""
    return ForeignKey("case.id", deferrable=deferred or None, initially="DEFERRED" if deferred else None)


class Case(Base):
    """The work about one child."""

    __tablename__ = "case"
    __table_args__ = (
        CheckConstraint(one_of("status", Status), name="status"),
        CheckConstraint(one_of("urgency", Urgency), name="urgency"),
        CheckConstraint(one_of("waiting_on", WaitingOn), name="waiting_on"),
        CheckConstraint(one_of("kind", Kind), name="kind"),
        CheckConstraint(one_of("marker", Marker), name="marker"),
        Index("ix_case_order_open", "program", *ORDER, sqlite_where=text("is_open = 1"), postgresql_where=text("is_open")),
        *(
            Index(
                f"ix_case_{name}_open", "program", name, *ORDER,
                sqlite_where=text("is_open = 1"), postgresql_where=text("is_open"),
            )
            for name in FILTERS
        ),
        Index("ix_case_status", "program", "status", *ORDER),
        Index("ix_case_changed", "program", "changed_at"),
        Index("ix_case_due", "program", "due_at", "id", sqlite_where=text("is_open = 1"), postgresql_where=text("is_open")),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(12), unique=True)
    program: Mapped[str] = mapped_column(String(40))
    program_version: Mapped[str] = mapped_column(String(40))
    routed_by: Mapped[str | None] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(12))
    marker: Mapped[str] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(24))
    status_before: Mapped[str | None] = mapped_column(String(24))
    status_at: Mapped[datetime]
    is_open: Mapped[bool]
    urgency: Mapped[str] = mapped_column(String(12))
    assignee_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user.id"))
    waiting_on: Mapped[str] = mapped_column(String(12))
    next_step: Mapped[str] = mapped_column(String(40))
    due_at: Mapped[datetime | None]
    first_contact_due_at: Mapped[datetime | None]
    first_contact_at: Mapped[datetime | None]
    records_complete_at: Mapped[datetime | None]
    decision_due_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    changed_after_sending_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]  # a request of ours that is not answered in full
    unanswered_at: Mapped[datetime | None]
    disease_group: Mapped[str] = mapped_column(String(24))
    language: Mapped[str] = mapped_column(String(24))
    country: Mapped[str | None] = mapped_column(String(2))
    insurance_type: Mapped[str | None] = mapped_column(String(32))
    age_band: Mapped[str | None] = mapped_column(String(12))
    in_hospital: Mapped[bool]
    time_critical: Mapped[bool]
    possibly_automatic: Mapped[bool]
    restricted: Mapped[bool]
    legal_hold: Mapped[bool]
    contact_stop: Mapped[bool]
    contact_held_at: Mapped[datetime | None]
    attention_band: Mapped[int]
    attention_at: Mapped[datetime]
    attention_reasons: Mapped[str] = mapped_column(String(200))
    received_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int]
    key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_key.id"))
    identity: Mapped[bytes] = mapped_column(Sealed)


class Submission(Base):
    """What a person sent, exactly as typed, never changed. An amendment has no reference and no key."""

    __tablename__ = "submission"
    __table_args__ = (
        CheckConstraint("(amends is null) = (reference is not null)", name="reference_or_amends"),
        CheckConstraint("(amends is null) = (key is not null)", name="key_or_amends"),
        CheckConstraint(one_of("channel", Channel), name="channel"),
        UniqueConstraint("amends", "digest", name="uq_submission_amends_digest"),
        Index("ix_submission_case_id", "case_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    reference: Mapped[str | None] = mapped_column(String(12), unique=True)
    case_id: Mapped[uuid.UUID] = mapped_column(case_reference(deferred=True))
    origin_case_id: Mapped[uuid.UUID]
    amends: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("submission.id"))
    program: Mapped[str] = mapped_column(String(40))
    program_version: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    channel: Mapped[str] = mapped_column(String(8))
    actor_kind: Mapped[str] = mapped_column(String(12))
    actor_id: Mapped[uuid.UUID | None]
    told_by: Mapped[str | None] = mapped_column(String(40))
    form_version: Mapped[int]
    locale: Mapped[str] = mapped_column(String(20))
    received_at: Mapped[datetime]
    key: Mapped[bytes | None] = mapped_column(unique=True)
    digest: Mapped[bytes]
    marker: Mapped[str] = mapped_column(String(8))
    missing: Mapped[str] = mapped_column(String(1000))
    key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_key.id"))
    document: Mapped[bytes] = mapped_column(Sealed)


class Party(Base):
    """Each person or practice on a case; two parents on one case do not read each other."""

    __tablename__ = "party"
    __table_args__ = (Index("ix_party_case_id", "case_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(case_reference())
    origin_case_id: Mapped[uuid.UUID]
    submission_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("submission.id"))
    role: Mapped[str] = mapped_column(String(20))
    language_spoken: Mapped[str | None] = mapped_column(String(24))
    language_read: Mapped[str | None] = mapped_column(String(24))
    interpreter: Mapped[bool | None]
    reply_by: Mapped[str] = mapped_column(String(8))
    silent: Mapped[bool]
    key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("data_key.id"))
    details: Mapped[bytes] = mapped_column(Sealed)
    made_at: Mapped[datetime]


class Consent(Base):
    """A party's answer to one dated wording."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_case_id", "case_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(case_reference())
    origin_case_id: Mapped[uuid.UUID]
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"))
    submission_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("submission.id"))
    wording: Mapped[str] = mapped_column(String(40))
    wording_version: Mapped[str] = mapped_column(String(40))
    locale: Mapped[str] = mapped_column(String(20))
    answer: Mapped[bool]
    at: Mapped[datetime]


class Link(Base):
    """A private link's row. The secret is an HMAC of id and issue: nothing secret is stored."""

    __tablename__ = "link"
    __table_args__ = (Index("ix_link_case_id", "case_id"), Index("ix_link_submission_id", "submission_id"))

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(case_reference())
    origin_case_id: Mapped[uuid.UUID]
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("party.id"))
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"))
    purpose: Mapped[str] = mapped_column(String(20))
    issue: Mapped[int]
    tries: Mapped[int]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    made_at: Mapped[datetime]


class OneTimeCode(Base):
    """The newest code of a link, by its number: the code itself is made from the house's key and stands nowhere."""

    __tablename__ = "one_time_code"

    link_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("link.id"), primary_key=True)
    number: Mapped[int]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class BlindToken(Base):
    """Keyed hashes of normalised words: what search and matching find a case by."""

    __tablename__ = "blind_token"
    __table_args__ = (Index("ix_blind_token_case_id", "case_id"),)

    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    token: Mapped[bytes] = mapped_column(primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(case_reference(), primary_key=True)
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    key_version: Mapped[int]
