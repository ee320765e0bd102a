"""Names of files and what a scan can end with: plain rules. A name is data: it is shown and offered, never a path."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

LONGEST_NAME = 300
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Marks that turn the writing direction make "fdp.exe" read as another name; no file is offered with them.
TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
NO_NAME = re.compile(r'[/\\:*?"<>|]')


class ScanState(StrEnum):
    """Where a file stands with the scanner; staff open clean ones only."""

    PENDING = "pending"
    CLEAN = "clean"
    INFECTED = "infected"
    FAILED = "failed"


class Finding(StrEnum):
    """Why a file could not be scanned; an infected one has the signature's name instead."""

    ENCRYPTED = "encrypted"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"


# What a file can be sorted onto: the records that the referral asks about, by the same codes, and what else comes.
ITEMS = (
    "referral_letter", "treatment_summary", "pathology_report", "flow_cytometry", "bone_marrow_report", "mrd_report",
    "csf_report", "imaging", "cytogenetics", "recent_labs", "infection", "echo", "medication_list", "hla_report",
    "insurance_card", "identity", "consent_or_custody_papers", "other",
)  # fmt: skip
OTHER = ITEMS[-1]


def name_as_typed(raw: str) -> str:
    """What is kept of a name: its last part, without control characters, cut at its length with its ending kept."""
    text = raw.encode("utf-8", "replace").decode("utf-8")  # half of a pair of surrogates is no letter
    last = CONTROLS.sub("", re.split(r"[/\\]", text)[-1]).strip()
    if len(last) > LONGEST_NAME:
        stem, dot, suffix = last.rpartition(".")
        suffix = dot + suffix if 0 < len(suffix) <= 8 and stem else ""
        last = last[: LONGEST_NAME - len(suffix)] + suffix
    return last or "file"


def name_to_save(name: str, suffixes: tuple[str, ...]) -> str:
    """The name that a download is offered under: no turning marks, and an ending that fits what is in the file."""
    safe = NO_NAME.sub("_", TURNING.sub("", unicodedata.normalize("NFC", name))).strip(" .") or "file"
    return safe[:200] if safe[:200].lower().endswith(suffixes) else safe[: 200 - len(suffixes[0])] + suffixes[0]
