"""What a family's answers mean: urgency, who is writing, and the short words of the illness. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

FORM_VERSION = 1
CANCERS = frozenset({"leukemia", "lymphoma"})  # groups of diseases
# Answers that mean the sender is about the patient's care but not of the family.
HELPERS = frozenset({"agency_caseworker", "hospital_social_worker", "other_helper"})


@dataclass(frozen=True, slots=True)
class NewInquiry:
    """A family's inquiry after every page was read and found right. Dates are dates, yes and no are booleans."""

    relationship: str | None  # by phone, fax or email, what nobody said is None
    contact_given_name: str
    contact_family_name: str | None
    contact_name_latin: str | None
    contact_phone: str | None
    contact_email: str | None
    preferred_contact_method: str | None
    ok_text: bool
    language_spoken: str | None  # asked as `preferred_language`
    language_read: str | None
    interpreter_needed: bool | None
    country: str | None
    child_given_name: str
    child_family_name: str | None
    child_preferred_name: str | None
    child_name_latin: str | None
    child_dob: date | None
    child_sex: str | None
    diagnosis: str | None
    disease_situation: str | None
    in_hospital_now: bool
    insurance_type: str | None
    consent_contact_me: bool | None
    consent_contact_doctor: bool | None
    treating_hospital: str | None
    treating_doctor_name: str | None
    treating_doctor_phone: str | None
    interests: tuple[str, ...]

    @classmethod
    def from_cleaned(cls, cleaned: Mapping[str, Any]) -> NewInquiry:
        """From the typed values of all pages together."""
        values = {name: fitted(name, cleaned.get(name)) for name in cls.__slots__}
        values["language_spoken"] = cleaned["preferred_language"]
        born = cleaned["child_dob"]
        values["child_dob"] = date.fromisoformat(born) if born else None
        return cls(**values)

    def facts(self) -> dict[str, str | bool | tuple[str, ...] | None]:
        """What routing may ask about."""
        return {
            "door": "inquiry", "wish": self.interests, "in_hospital": self.in_hospital_now, "country": self.country,
        }  # fmt: skip

    def role(self) -> str:
        """Which kind of party writes."""
        if self.relationship == "self":
            return "patient"
        return "caseworker" if self.relationship in HELPERS else "family"


def fitted(name: str, value: Any) -> Any:  # noqa: ANN401  a typed answer
    """What an unanswered question means: the safe default."""
    if name == "interests":
        return tuple(value or ())
    if value is None and name in {"ok_text", "in_hospital_now"}:
        return False
    return value
