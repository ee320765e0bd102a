"""From a family's answers to a received submission: the one call that web, phone entry and import share."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import datetime
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
    Urgency,
    age_band,
)
from app.cases.receive import receive
from app.core.actor import PUBLIC, Actor
from app.core.blind import Term
from app.core.settings import settings
from app.drafts.journey import possibly_automatic
from app.drafts.service import Draft, submission_key
from app.inquiries.domain import FORM_VERSION, NewInquiry
from app.inquiries.presenters import disease_words
from app.programs.asking import UNKNOWN
from app.programs.clocks import first_contact_due
from app.programs.domain import Hospital, asked_by
from app.programs.routing import facts_of, route
from app.programs.service import hospital, own_texts
from app.records.drafted import adopt_files
from app.web.fields import Answers, wording_of
from app.web.i18n import DESK, letters_in

PARTY_FIELDS = (
    "relationship", "relationship_other", "legal_guardian", "guardian_proof_available", "contact_phone_type",
    "phone_or_mailbox_shared", "ok_voicemail", "ok_text", "preferred_contact_method", "best_time", "time_zone",
    "address_confidential",
)  # fmt: skip


def submit_inquiry(
    session: Session, draft: Draft, cleaned: Mapping[str, Any], at: datetime, *, actor: Actor = PUBLIC,
    channel: Channel = Channel.WEB, told_by: str | None = None,
) -> tuple[Receipt, bool]:  # fmt: skip
    """Receive an inquiry whose pages were all found right."""
    inquiry = NewInquiry.from_cleaned(cleaned)
    new = submission_of(hospital(), draft, inquiry, cleaned, at, actor=actor, channel=channel, told_by=told_by)
    receipt, created = receive(session, new, draft.key)
    adopt_files(session, draft, receipt, actor, at, created=created)
    return receipt, created


def submission_of(
    found: Hospital, draft: Draft, inquiry: NewInquiry, cleaned: Mapping[str, Any], at: datetime, *,
    actor: Actor = PUBLIC, channel: Channel = Channel.WEB, told_by: str | None = None,
) -> NewSubmission:  # fmt: skip
    """The frozen input: normalised copies for identity, party and tokens; the document exactly as typed."""
    disease = found.disease(inquiry.diagnosis or "")
    today = at.astimezone(found.zone).date()
    routed = route(found, facts_of(disease, inquiry.facts()), entered=draft.program)
    program = found.program_or_default(routed.program)
    urgency = Urgency(routed.urgency)
    return NewSubmission(
        program=program.code, program_version=found.version, routed_by=routed.rows, kind=Kind.INQUIRY, channel=channel,
        actor=actor, told_by=told_by, form_version=FORM_VERSION, locale=locale_of(inquiry, draft, channel),
        consents=consents(inquiry, draft.answers, channel), key=submission_key(draft.kind, draft.handle), document=draft.answers,
        child=identity(inquiry), party=party(inquiry, cleaned), others=doctor(inquiry), terms=terms(inquiry), missing=missing(cleaned, asked_by(found.folder.forms, "inquiry", disease.group if disease else UNKNOWN)[0]),
        facts=OpenFacts(
            urgency=urgency, disease_group=disease.group if disease else UNKNOWN,
            language=inquiry.language_spoken or "und", country=inquiry.country, insurance_type=inquiry.insurance_type,
            age_band=age_band(inquiry.child_dob, today) if inquiry.child_dob else None, in_hospital=inquiry.in_hospital_now,
            time_critical=bool(disease and disease.time_critical),
            possibly_automatic=possibly_automatic(draft, actor, at),
        ),
        first_contact_due_at=first_contact_due(found.calendars[program.code], program.promises, urgency, at), received_at=at,
        marker=Marker.DEMO if settings().demo else Marker.REAL, draft_id=draft.id,
    )  # fmt: skip


def locale_of(inquiry: NewInquiry, draft: Draft, channel: Channel) -> str:
    """The language of the letters: that of the page; of what staff typed, the family's own where we have it."""
    if channel is Channel.WEB:
        return draft.locale
    return letters_in(inquiry.language_read or inquiry.language_spoken)


def consents(inquiry: NewInquiry, answers: Answers, channel: Channel = Channel.WEB) -> tuple[ConsentGiven, ...]:
    """Each answer with the version of the wording that was on its page; the privacy notice's version too.

    Who was not asked has said neither yes nor no, and who called has seen no notice.
    """
    seen = {"privacy": ("", True), "not_emergency": ("not_emergency_ack", True)} if channel is Channel.WEB else {}
    given = {
        **seen,
        "contact_me": ("consent_contact_me", inquiry.consent_contact_me),
        "contact_doctor": ("consent_contact_doctor", inquiry.consent_contact_doctor),
    }
    wordings = own_texts().wordings
    return tuple(
        ConsentGiven(name, (answers.get(wording_of(asked)) or [getattr(wordings, name).version])[0], answer)
        for name, (asked, answer) in given.items()
        if answer is not None
    )


def identity(inquiry: NewInquiry) -> ChildIdentity:
    """What identifies the child, in NFC; the desk's words for the illness in the desk's language."""
    with force_locale(DESK):
        disease = disease_words(inquiry)
    return ChildIdentity(
        given_name=nfc(inquiry.child_given_name), family_name=nfc(inquiry.child_family_name) or None,
        preferred_name=nfc(inquiry.child_preferred_name) or None, latin_name=nfc(inquiry.child_name_latin) or None,
        birth_date=inquiry.child_dob.isoformat() if inquiry.child_dob else None, sex=inquiry.child_sex, disease=disease,
    )  # fmt: skip


def nfc(text: str | None) -> str:
    """One form of each letter."""
    return unicodedata.normalize("NFC", text or "")


def party(inquiry: NewInquiry, cleaned: Mapping[str, Any]) -> NewParty:
    """Who writes, and how they can be reached."""
    details = {name: cleaned.get(name) for name in PARTY_FIELDS if cleaned.get(name) is not None}
    details |= {
        "given_name": nfc(inquiry.contact_given_name or cleaned.get("told_by_name")), "family_name": nfc(inquiry.contact_family_name) or None,
        "latin_name": nfc(inquiry.contact_name_latin) or None, "phone": inquiry.contact_phone,
        "email": inquiry.contact_email, "country": inquiry.country,
    }  # fmt: skip
    return NewParty(
        role=inquiry.role(), details=details, language_spoken=inquiry.language_spoken,
        language_read=inquiry.language_read or inquiry.language_spoken, interpreter=inquiry.interpreter_needed,
        reply_by=reply_by(inquiry),
    )  # fmt: skip


def doctor(inquiry: NewInquiry) -> tuple[NewParty, ...]:
    """The child's doctor as the family names them: somebody to call if the family agrees, who has written nothing."""
    if not (inquiry.treating_doctor_name or inquiry.treating_doctor_phone):
        return ()
    details = {
        "given_name": nfc(inquiry.treating_doctor_name) or None, "phone": inquiry.treating_doctor_phone,
        "practice_name": nfc(inquiry.treating_hospital) or None, "country": inquiry.country,
    }  # fmt: skip
    return (
        NewParty(
            role="doctor", details={key: value for key, value in details.items() if value is not None},
            language_spoken=None, language_read=None, interpreter=None, reply_by="phone",
        ),
    )  # fmt: skip


def reply_by(inquiry: NewInquiry) -> str:
    """How the receipt travels: a text only with their yes and a channel, else mail, else somebody calls.

    Nothing goes out by itself to somebody who has not said that we may write.
    """
    if not inquiry.consent_contact_me:
        return "phone"
    wants_text = inquiry.preferred_contact_method == "text" and inquiry.ok_text and inquiry.contact_phone
    if wants_text and settings().text_channel:
        return "text"
    return "mail" if inquiry.contact_email else "phone"


def terms(inquiry: NewInquiry) -> tuple[Term, ...]:
    """What search and matching find the case by."""
    found = [
        ("child_name", inquiry.child_given_name), ("child_name", inquiry.child_family_name),
        ("child_name", inquiry.child_preferred_name), ("child_name", inquiry.child_name_latin),
        ("party_name", inquiry.contact_given_name), ("party_name", inquiry.contact_family_name),
        ("party_name", inquiry.contact_name_latin), ("phone", inquiry.contact_phone),
        ("email", inquiry.contact_email), ("birth_date", inquiry.child_dob.isoformat() if inquiry.child_dob else None),
    ]  # fmt: skip
    return tuple(Term(kind, value) for kind, value in found if value)


def missing(cleaned: Mapping[str, Any], hidden: frozenset[str]) -> tuple[str, ...]:
    """What the first call will ask for."""
    wanted = ("treating_doctor_name", "treating_hospital")
    return tuple(name for name in wanted if not cleaned.get(name) and name not in hidden)
