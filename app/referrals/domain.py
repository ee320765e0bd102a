"""What a referral's answers mean: which groups a diagnosis needs, what is missing, how urgent it is. Plain Python."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from app.cases.domain import ADULT_AGE, age_on

FORM_VERSION = 1

ONCOLOGY = "oncology"
LEUKEMIA = "leukemia"
SICKLE_CELL = "sickle_cell"
THALASSEMIA = "thalassemia"
ADRENOLEUKODYSTROPHY = "adrenoleukodystrophy"
MLD = "mld"
SMA = "sma"
IMMUNE = "immune"
OTHER = "other"

# ICD-10-CM prefixes, longest first, and the groups of questions that each needs (domain knowledge of intake nurses).
GROUPS_BY_CODE: tuple[tuple[str, str], ...] = (
    ("E7152", ADRENOLEUKODYSTROPHY),
    ("E7525", MLD),
    ("D57", SICKLE_CELL),
    ("D56", THALASSEMIA),
    ("G12", SMA),
    ("D80", IMMUNE), ("D81", IMMUNE), ("D82", IMMUNE), ("D83", IMMUNE), ("D84", IMMUNE),
    ("D71", IMMUNE), ("D720", IMMUNE), ("D76", IMMUNE),
    ("C91", LEUKEMIA), ("C92", LEUKEMIA), ("C93", LEUKEMIA), ("C94", LEUKEMIA), ("C95", LEUKEMIA),
    ("C8", ONCOLOGY), ("C96", ONCOLOGY), ("D45", ONCOLOGY), ("D46", ONCOLOGY), ("D47", ONCOLOGY),
)  # fmt: skip

# What an intake nurse must have to hand the file to a physician (leukemia and lymphoma), beyond the floor.
ONCOLOGY_MINIMUM = (
    "immunophenotype", "date_of_diagnosis", "disease_status", "cns_status", "weight_kg", "performance_score",
    "current_location", "insurance_type", "guardian_phone",
)  # fmt: skip
GENE_MINIMUM = ("weight_kg", "current_location", "insurance_type", "guardian_phone")
HAS_RELAPSED = frozenset({"relapse_1", "refractory_relapse", "relapse_2plus"})
# A record counts on the form when it was sent or comes with it, or cannot come.
COUNTS = frozenset({"sent", "attached", "not_available", "not_applicable"})
RECORDS = (
    "pathology_report", "flow_cytometry", "bone_marrow_report", "cytogenetics", "mrd_report", "csf_report",
    "imaging", "treatment_summary", "recent_labs", "medication_list", "echo", "hla_report", "insurance_card",
    "consent_or_custody_papers",
)  # fmt: skip


def bare(code: str) -> str:
    """A code without its dot and spaces, in upper case."""
    return re.sub(r"[\s.]", "", code).upper()


def group_of(code: str | None) -> str:
    """Which questions a diagnosis needs; free text and unknown codes get the common ones."""
    typed = bare(code or "")
    for prefix, group in GROUPS_BY_CODE:
        if typed.startswith(prefix):
            return group
    return OTHER


def is_oncology(group: str) -> bool:
    """Whether relapse, markers and prior lines are asked for."""
    return group in {ONCOLOGY, LEUKEMIA}


def needs_lineage(code: str | None) -> bool:
    """C91, C83.5 and C85 do not say B or T: the immunophenotype does."""
    return bare(code or "").startswith(("C91", "C835", "C85"))


def missing_items(cleaned: Mapping[str, Any], records: Iterable[str], today: date) -> tuple[str, ...]:
    """What is still needed before a physician can review, of these records too; never a reason to refuse the referral."""
    group = group_of(cleaned.get("icd10cm"))
    oncology = is_oncology(group)
    wanted = [*(ONCOLOGY_MINIMUM if oncology else GENE_MINIMUM)]
    if oncology and cleaned.get("disease_status") in HAS_RELAPSED:
        wanted.append("date_of_last_relapse")
    if oncology and cleaned.get("immunophenotype") == "B":
        wanted.append("cd19")
    if is_adult(cleaned, today):
        wanted[wanted.index("guardian_phone")] = "patient_phone"
    missing = [name for name in wanted if unanswered(name, cleaned)]
    if not (cleaned.get("back_line_phone") or cleaned.get("referrer_phone")):
        missing.append("back_line_phone")
    return (*(name for name in records if cleaned.get(f"record_{name}") not in COUNTS), *missing)


def unanswered(name: str, cleaned: Mapping[str, Any]) -> bool:
    """Unknown is an answer that still leaves the item open, except where nothing else could be said."""
    value = cleaned.get(name)
    if name == "performance_score" and cleaned.get("performance_scale") == "not_applicable_under_1y":
        return False
    return value in (None, "", ())


def is_adult(cleaned: Mapping[str, Any], today: date) -> bool:
    """Patients of 18 and over speak for themselves: their own number is asked for, not a guardian's."""
    born = cleaned.get("patient_dob")
    return age_on(date.fromisoformat(born), today) >= ADULT_AGE if born else bool(cleaned.get("patient_phone"))


def in_hospital(cleaned: Mapping[str, Any]) -> bool:
    """On a ward or in intensive care now."""
    return cleaned.get("current_location") in {"inpatient_ward", "icu"}


def reply_by(cleaned: Mapping[str, Any]) -> str:
    """How the receipt travels. A Direct address only looks like email: nothing is ever mailed to it."""
    if cleaned.get("referrer_email"):
        return "mail"
    return "fax" if cleaned.get("referrer_fax") else "phone"
