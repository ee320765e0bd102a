"""Where a referral goes: its disease, its program, how urgent it is; and what it still lacks there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.cases.domain import Urgency
from app.codes import icd
from app.programs.asking import UNKNOWN
from app.programs.domain import Disease, Hospital, Program, asked_by
from app.programs.routing import facts_of, route
from app.referrals.domain import in_hospital, missing_items, unanswered

SERVICES = {"sct": "transplant"}


@dataclass(frozen=True, slots=True)
class Routed:
    """A referral as the folder reads it."""

    code: str
    disease: Disease | None
    program: Program
    urgency: Urgency
    rows: tuple[str, str]

    @property
    def group(self) -> str:
        """The disease's group."""
        return self.disease.group if self.disease else UNKNOWN


def routed(found: Hospital, cleaned: Mapping[str, Any], entered: str) -> Routed:
    """By the rows of the folder in force; the sender's own urgency is never lowered."""
    code = icd.beginning(cleaned.get("icd10cm") or "")
    known = found.disease_of(code)
    disease = known[0] if known else None
    way = route(found, facts_of(disease, facts(cleaned, code)), cleaned.get("urgency") or "routine", entered=entered)
    return Routed(code, disease, found.program_or_default(way.program), Urgency(way.urgency), way.rows)


def facts(cleaned: Mapping[str, Any], code: str) -> dict[str, str | bool | tuple[str, ...] | None]:
    """What routing may ask about."""
    wish = cleaned.get("requested_service") or ""
    return {
        "door": "referral", "code": code, "wish": SERVICES.get(wish, wish), "in_hospital": in_hospital(cleaned),
        "transfer": bool(cleaned.get("transfer_requested")), "country": cleaned.get("patient_country"),
    }  # fmt: skip


def missing(found: Hospital, way: Routed, cleaned: Mapping[str, Any], today: date) -> tuple[str, ...]:
    """What a review still needs: records that the practice has, answers that everybody's needs, and what the folder requires.

    A question that the folder leaves out is not missed.
    """
    hidden, required = asked_by(found.folder.forms, "referral", way.group)
    records = way.program.needed_records(way.group, "referrer")
    wanted = (
        *missing_items({**cleaned, "icd10cm": way.code}, records, today),
        *(name.removeprefix("record_") for name in sorted(required) if unanswered(name, cleaned)),
    )  # fmt: skip
    return tuple(name for name in dict.fromkeys(wanted) if not {name, f"record_{name}"} & hidden)
