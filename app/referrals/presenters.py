"""How a referral's answers read: the short words of the disease, what is missing, and every answer for the desk."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.codes import icd
from app.codes.languages import name_of
from app.drafts.service import Draft
from app.drafts.told import TOLD, ToldForm
from app.programs.domain import Disease
from app.programs.routing import facts_of
from app.programs.rules import Facts
from app.programs.service import hospital
from app.referrals.domain import needs_lineage
from app.referrals.forms import ClinicalForm, PatientForm, today
from app.referrals.groups import GROUPS, groups_for
from app.referrals.routing import missing, routed
from app.web.answers import AnswerGroup, groups_of, unread_of
from app.web.specs import specs_of

STATUSES = {
    "newly_diagnosed": _l("newly diagnosed"),
    "refractory_primary": _l("primary refractory"),
    "relapse_1": _l("first relapse"),
    "refractory_relapse": _l("refractory relapse"),
    "relapse_2plus": _l("second or later relapse"),
    "relapse_after_sct": _l("relapse after transplant"),
    "relapse_after_car_t": _l("relapse after CAR T"),
    "mrd_positive_remission": _l("MRD positive"),
    "mrd_negative_remission": _l("MRD negative"),
}


def disease_words(typed: str, cleaned: Mapping[str, Any]) -> str:
    """A few words for the queue, in the clinicians' own: "B-ALL, second or later relapse"."""
    code = icd.beginning(typed)
    label = disease_label(code) or typed[:40]
    if needs_lineage(code) and cleaned.get("immunophenotype") in {"B", "T"}:
        label = f"{cleaned['immunophenotype']}-{label}"
    status = STATUSES.get(cleaned.get("disease_status") or "")
    return f"{label}, {status}" if status else label


def disease_label(code: str) -> str:
    """The disease that a code, or a beginning of codes, stands for; empty when the hospital lists none."""
    known = hospital().disease_of(code)
    return known[1].label if known else ""


def understood(typed: str) -> str:
    """What a diagnosis was read as: the code that was typed with its words, or the disease that the words mean."""
    exact = icd.find(typed)
    return f"{exact.code} {exact.description}" if exact else disease_label(icd.beginning(typed))


def disease_of(answers: Mapping[str, list[str]]) -> Disease | None:
    """The disease that the diagnosis is one of, by its code or its words."""
    known = hospital().disease_of(icd.beginning((answers.get("icd10cm") or [""])[0]))
    return known[0] if known else None


def treated_elsewhere(answers: Mapping[str, list[str]]) -> bool:
    """Whether it is one that others treat."""
    disease = disease_of(answers)
    return disease is not None and not disease.treated


def unread(answers: Mapping[str, list[str]]) -> tuple[str, ...]:
    """The questions whose answers could not be read."""
    return tuple(name for form in (PatientForm, ClinicalForm) for name in unread_of(form, answers))


def missing_words(codes: Iterable[str], unread: Iterable[str] = ()) -> tuple[str, ...]:
    """What is missing and what could not be read, as the form names it."""
    specs = {**specs_of(PatientForm), **specs_of(ClinicalForm)}
    labels = {name.removeprefix("record_"): spec.label for name, spec in specs.items()}
    noted = {name.removeprefix("record_") for name in unread}
    return tuple(
        _("%(question)s (could not be read)", question=labels.get(code, code))
        if code in noted
        else labels.get(code, code)
        for code in dict.fromkeys((*codes, *noted))
    )


def context(answers: Mapping[str, list[str]]) -> dict[str, Hashable]:
    """What follows from the answers so far: the groups of page two, how the diagnosis was read (None: not yet asked)."""
    typed = (answers.get("icd10cm") or [""])[0].strip()
    return {
        "groups": groups_for(icd.beginning(typed), answers), "understood": understood(typed) if typed else None,
    }  # fmt: skip


def still_missing(draft: Draft, cleaned: Mapping[str, Any], unread: Iterable[str]) -> tuple[str, ...]:
    """What the check page says is missing."""
    found = hospital()
    return missing_words(missing(found, routed(found, cleaned, draft.program), cleaned, today()), unread)


def answer_groups(answers: Mapping[str, list[str]]) -> tuple[AnswerGroup, ...]:
    """Every question that was answered, for the desk: page one by its parts, page two by its groups."""
    read_as = understood((answers.get("icd10cm") or [""])[0])
    one = groups_of(
        [(str(TOLD), ToldForm), (_("Referral"), PatientForm)],
        answers,
        {"icd10cm": _("read as: %(disease)s", disease=read_as)} if read_as else {},
    )
    two = groups_of([("", ClinicalForm)], answers)
    said = {answer.name: answer for group in two for answer in group.answers}
    shown: list[AnswerGroup] = list(one)
    for group in GROUPS:
        mine = tuple(said.pop(name) for name in group.names if name in said)
        if mine:
            shown.append(AnswerGroup(str(group.title), mine))
    return tuple(shown)


def said(answers: Mapping[str, list[str]]) -> str:
    """Their question, in their words."""
    return (answers.get("clinical_question") or [""])[0]


def speaks(answers: Mapping[str, list[str]]) -> str:
    """The family's language, as the referrer says."""
    tag = (answers.get("preferred_language") or [""])[0]
    return name_of(tag) if tag else ""


def known(answers: Mapping[str, list[str]]) -> Facts:
    """What the answers say of the facts that labels ask about. Lineage is asked before the code."""
    said_of = {name: (answers.get(name) or [""])[0] for name in ("immunophenotype", "disease_status", "patient_sex")}
    code = icd.find((answers.get("icd10cm") or [""])[0])
    found = hospital().disease_of(code.code) if code else None
    donor = (answers.get("donor_status") or answers.get("matched_sibling_donor") or [""])[0]
    if donor == "sibling_being_typed":  # nobody knows yet
        donor = ""
    return facts_of(
        found[0] if found else None,
        {
            "code": code.code if code else "", "lineage": said_of["immunophenotype"], "status": said_of["disease_status"],
            "sex": said_of["patient_sex"].replace("UNK", ""), "donor": donor,
        },
    )  # fmt: skip
