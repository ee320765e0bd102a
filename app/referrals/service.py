"""From a referrer's answers to a received submission: the one call that web, phone entry and import share."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import force_locale
from sqlalchemy.orm import Session

from app.cases.domain import (
    Channel,
    ChildIdentity,
    ConsentGiven,
    Kind,
    Marker,
    NewParty,
    NewSubmission,
    OpenFacts,
    Receipt,
    age_band,
)
from app.cases.receive import receive
from app.codes import icd
from app.core.actor import PUBLIC, Actor
from app.core.blind import Term
from app.core.settings import settings
from app.drafts.journey import possibly_automatic
from app.drafts.service import Draft, submission_key
from app.programs.clocks import first_contact_due
from app.programs.domain import Hospital
from app.programs.service import hospital, own_texts
from app.records.drafted import adopt_files
from app.referrals.domain import FORM_VERSION, RECORDS, in_hospital, reply_by
from app.referrals.presenters import disease_words
from app.referrals.routing import missing, routed
from app.web.i18n import DESK

REFERRER_FIELDS = (
    "credential", "npi", "npi_reason", "specialty_taxonomy", "practice_name", "back_line_phone", "direct_address",
    "on_behalf_of",
)  # fmt: skip


def submit_referral(
    session: Session, draft: Draft, cleaned: Mapping[str, Any], at: datetime, *, actor: Actor = PUBLIC,
    channel: Channel = Channel.WEB, told_by: str | None = None,
) -> tuple[Receipt, bool]:  # fmt: skip
    """Receive a referral whose pages were all found right."""
    new = submission_of(hospital(), draft, cleaned, at, actor=actor, channel=channel, told_by=told_by)
    receipt, created = receive(session, new, draft.key)
    adopt_files(session, draft, receipt, actor, at, created=created)
    return receipt, created


def submission_of(
    found: Hospital, draft: Draft, cleaned: Mapping[str, Any], at: datetime, *, actor: Actor = PUBLIC,
    channel: Channel = Channel.WEB, told_by: str | None = None,
) -> NewSubmission:  # fmt: skip
    """The frozen input: normalised copies for identity, parties and tokens; the document exactly as typed."""
    typed = str(cleaned["icd10cm"] or "")
    exact = icd.find(typed)
    way = routed(found, cleaned, draft.program)
    with force_locale(DESK):
        disease = disease_words(typed, cleaned)
    return NewSubmission(
        program=way.program.code, program_version=found.version, routed_by=way.rows, kind=Kind.REFERRAL,
        channel=channel, actor=actor, told_by=told_by, form_version=FORM_VERSION, locale=draft.locale,
        consents=(ConsentGiven("privacy", own_texts().wordings.privacy.version, answer=True),) if channel is Channel.WEB else (),
        key=submission_key(draft.kind, draft.handle), document=draft.answers, child=identity(cleaned, exact.code if exact else "", disease),
        party=referrer(cleaned), others=family(cleaned, draft.answers), terms=terms(cleaned, exact.code if exact else ""), missing=missing(found, way, cleaned, at.astimezone(found.zone).date()),
        records={name: said for name in RECORDS if (said := cleaned.get(f"record_{name}"))},
        facts=OpenFacts(
            urgency=way.urgency, disease_group=way.group,
            language=cleaned.get("preferred_language") or "und", country=cleaned.get("patient_country"),
            insurance_type=cleaned.get("insurance_type"), age_band=band(found, cleaned, at),
            in_hospital=in_hospital(cleaned), time_critical=bool(way.disease and way.disease.time_critical),
            possibly_automatic=possibly_automatic(draft, actor, at),
        ),
        first_contact_due_at=first_contact_due(found.calendars[way.program.code], way.program.promises, way.urgency, at), received_at=at,
        marker=Marker.DEMO if settings().demo else Marker.REAL, draft_id=draft.id,
    )  # fmt: skip


def band(found: Hospital, cleaned: Mapping[str, Any], at: datetime) -> str | None:
    """A coarse age, where the date of birth is known."""
    birth = cleaned.get("patient_dob")
    return age_band(date.fromisoformat(birth), at.astimezone(found.zone).date()) if birth else None


def nfc(text: str | None) -> str | None:
    """One form of each letter; nothing for nothing."""
    return unicodedata.normalize("NFC", text) if text else None


def identity(cleaned: Mapping[str, Any], code: str, disease: str) -> ChildIdentity:
    """What identifies the child."""
    return ChildIdentity(
        given_name=nfc(cleaned["patient_given_name"]) or "", family_name=nfc(cleaned.get("patient_family_name")),
        birth_date=cleaned.get("patient_dob"), sex=cleaned.get("patient_sex"), disease=disease,
        preferred_name=nfc(cleaned.get("patient_preferred_given_name")),
        latin_name=nfc(cleaned.get("patient_name_latin")), mrn=cleaned.get("patient_mrn"), code=code or None,
    )  # fmt: skip


def referrer(cleaned: Mapping[str, Any]) -> NewParty:
    """The practice, and how to reach it."""
    details = {name: cleaned[name] for name in REFERRER_FIELDS if cleaned.get(name) is not None}
    details |= {
        "given_name": nfc(cleaned["referrer_given_name"] or cleaned.get("told_by_name")), "family_name": nfc(cleaned.get("referrer_family_name")),
        "phone": cleaned.get("referrer_phone"), "fax": cleaned.get("referrer_fax"),
        "email": cleaned.get("referrer_email"), "country": cleaned.get("referrer_country"),
    }  # fmt: skip
    return NewParty(
        role="referrer", details=details, language_spoken=None, language_read=None, interpreter=None,
        reply_by=reply_by(cleaned),
    )  # fmt: skip


def family(cleaned: Mapping[str, Any], typed: Mapping[str, list[str]]) -> tuple[NewParty, ...]:
    """The child's family as the referrer names it: somebody to call, who has written nothing yet."""
    phone = cleaned.get("guardian_phone") or cleaned.get("patient_phone")
    name = cleaned.get("guardian_name")
    written = ", ".join(
        filter(None, ((typed.get(one) or [""])[0].strip() for one in ("guardian_phone", "patient_phone")))
    )
    if not name and not written:
        return ()
    role = "patient" if cleaned.get("patient_phone") and not cleaned.get("guardian_phone") else "family"
    details = {
        "given_name": nfc(name), "phone": phone, "phone_as_typed": None if phone else written or None,
        "country": cleaned.get("patient_country"), "knows_of_referral": bool(cleaned.get("family_aware")), "custody_notes": cleaned.get("custody_notes"),
    }  # fmt: skip
    party = NewParty(
        role=role, details={key: value for key, value in details.items() if value is not None},
        language_spoken=cleaned.get("preferred_language"), language_read=cleaned.get("preferred_language"),
        interpreter=cleaned.get("interpreter_needed"), reply_by="phone",
    )  # fmt: skip
    return (party,)


def terms(cleaned: Mapping[str, Any], code: str) -> tuple[Term, ...]:
    """What search and matching find the case by."""
    found = [
        ("child_name", cleaned.get("patient_given_name")), ("child_name", cleaned.get("patient_family_name")),
        ("child_name", cleaned.get("patient_preferred_given_name")), ("child_name", cleaned.get("patient_name_latin")),
        ("party_name", cleaned.get("guardian_name")), ("party_name", cleaned.get("referrer_given_name")),
        ("party_name", cleaned.get("referrer_family_name")), ("phone", cleaned.get("guardian_phone")),
        ("phone", cleaned.get("patient_phone")), ("work_phone", cleaned.get("back_line_phone")),
        ("work_phone", cleaned.get("referrer_phone")), ("email", cleaned.get("referrer_email")),
        ("birth_date", cleaned.get("patient_dob")), ("mrn", cleaned.get("patient_mrn")), ("code", code),
    ]  # fmt: skip
    return tuple(Term(kind, value) for kind, value in found if value)
