"""The words of the work: statuses, urgencies, channels, and what a door hands over to be received."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from app.core.actor import Actor
from app.core.blind import Term

CHANGEABLE = timedelta(days=1)  # from when a form was sent: later its address opens and changes nothing

ADULT_AGE = 18


class Kind(StrEnum):
    """Which door a submission came through."""

    INQUIRY = "inquiry"
    REFERRAL = "referral"


class Channel(StrEnum):
    """How it reached us."""

    WEB = "web"
    PHONE = "phone"
    FAX = "fax"
    EMAIL = "email"
    FHIR = "fhir"
    IMPORT = "import"


class Marker(StrEnum):
    """Whether a case is about a real child."""

    REAL = "real"
    DEMO = "demo"
    CANARY = "canary"


class Urgency(StrEnum):
    """How soon somebody must be reached."""

    ROUTINE = "routine"
    EXPEDITED = "expedited"
    URGENT = "urgent"


class Status(StrEnum):
    """Where a case stands; the transitions between them are in `transitions.py`."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    CONTACTING_FAMILY = "contacting_family"
    CONTACTING_REFERRER = "contacting_referrer"
    AWAITING_INFORMATION = "awaiting_information"
    READY_FOR_REVIEW = "ready_for_review"
    IN_REVIEW = "in_review"
    ACCEPTED_CONSULT = "accepted_consult"
    FINANCIAL_CLEARANCE = "financial_clearance"
    SCHEDULING = "scheduling"
    SCHEDULED = "scheduled"
    ON_HOLD = "on_hold"
    REDIRECTED = "redirected"
    NOT_A_CANDIDATE_NOW = "not_a_candidate_now"
    UNABLE_TO_REACH = "unable_to_reach"
    WITHDRAWN = "withdrawn"
    DUPLICATE_OF = "duplicate_of"
    DECEASED = "deceased"
    CLOSED = "closed"


class WaitingOn(StrEnum):
    """Whose turn it is."""

    US = "us"
    FAMILY = "family"
    REFERRER = "referrer"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class ChildIdentity:
    """What identifies the child, normalised to NFC; sealed in one document on the case."""

    given_name: str
    family_name: str | None
    birth_date: str | None  # ISO date
    sex: str | None
    disease: str  # short words for the queue: "B-ALL, 2nd relapse"
    preferred_name: str | None = None
    latin_name: str | None = None
    mrn: str | None = None  # in the referrer's records
    code: str | None = None  # ICD-10-CM
    our_mrn: str | None = None  # in our records, linked by staff


@dataclass(frozen=True, slots=True)
class NewParty:
    """Somebody on a case. `details` is sealed: name, ways to reach them, relationship, authority."""

    role: str  # family, patient, referrer, caseworker
    details: Mapping[str, Any]
    language_spoken: str | None
    language_read: str | None
    interpreter: bool | None
    reply_by: str  # mail, text, phone, fax: how the receipt and letters travel


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """An answer to one dated wording."""

    wording: str
    wording_version: str
    answer: bool


@dataclass(frozen=True, slots=True)
class OpenFacts:
    """Operational facts that stay readable: they never name a child."""

    urgency: Urgency
    disease_group: str
    language: str
    country: str | None = None
    insurance_type: str | None = None
    age_band: str | None = None
    in_hospital: bool = False
    time_critical: bool = False
    possibly_automatic: bool = False


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """A frozen input: what any channel hands to `receive()`."""

    program: str
    program_version: str
    kind: Kind
    channel: Channel
    actor: Actor
    told_by: str | None
    form_version: int
    locale: str
    consents: tuple[ConsentGiven, ...]
    key: bytes  # of the draft's handle, or the client's identifier
    document: Mapping[str, Any]  # exactly as typed
    child: ChildIdentity
    party: NewParty
    facts: OpenFacts
    terms: tuple[Term, ...]
    missing: tuple[str, ...]
    first_contact_due_at: datetime | None
    received_at: datetime
    records: Mapping[str, str] = field(default_factory=dict)  # what the form says of each record
    routed_by: tuple[str, ...] = ()  # the rows of routing that decided
    others: tuple[NewParty, ...] = ()  # named by the sender, to be reached; they have sent nothing themselves
    marker: Marker = Marker.REAL
    draft_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender is given; the same for every repeat."""

    submission_id: uuid.UUID
    case_id: uuid.UUID
    reference: str
    link_id: uuid.UUID
    link_issue: int
    amended: bool = False


@dataclass(frozen=True, slots=True)
class Attention:
    """Where a case stands in the queue: a band, an instant within it, and the coded reasons, highest first."""

    band: int
    at: datetime
    reasons: tuple[str, ...] = field(default=())


def age_on(birth: date, day: date) -> int:
    """Whole years, to the day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def age_band(birth: date, day: date) -> str:
    """A coarse age, for the open column."""
    years = age_on(birth, day)
    for limit, band in ((1, "under_1"), (6, "1_to_5"), (12, "6_to_11"), (ADULT_AGE, "12_to_17")):
        if years < limit:
            return band
    return "adult"
