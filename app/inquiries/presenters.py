"""How a family's answers read: the short words for the queue, and the list of questions with their answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.codes.languages import name_of
from app.drafts.told import TOLD, ToldForm
from app.inquiries.domain import NewInquiry
from app.inquiries.forms import ChildForm, QuestionForm, SaidPermissionForm, TreatmentForm, YouForm
from app.programs.domain import Disease
from app.programs.routing import facts_of
from app.programs.rules import Facts
from app.programs.service import hospital, own_texts
from app.web.answers import AnswerGroup, AnswerView, groups_of

SITUATIONS = {
    "newly_diagnosed": _l("just found"),
    "in_treatment_first_time": _l("in first treatment"),
    "refractory": _l("did not respond"),
    "relapse_1": _l("came back once"),
    "relapse_2plus": _l("came back twice or more"),
    "relapse_after_transplant": _l("came back after transplant"),
    "remission": _l("in remission"),
}


def disease_words(inquiry: NewInquiry) -> str:
    """A few words for the queue: the illness, and how often it came back."""
    said = own_texts().diseases.get(inquiry.diagnosis or "")
    label = said.label if said else _("Not known yet")
    short = label.rpartition("(")[2].rstrip(")") if "(" in label else label
    if inquiry.diagnosis == "not_sure":
        short = _("Not sure yet")
    situation = SITUATIONS.get(inquiry.disease_situation or "")
    return f"{short}, {situation}" if situation else short


def disease_of(answers: Mapping[str, list[str]]) -> Disease | None:
    """The illness that was chosen."""
    return hospital().disease(first(answers, "diagnosis"))


def treated_elsewhere(answers: Mapping[str, list[str]]) -> bool:
    """Whether it is one that others treat."""
    disease = disease_of(answers)
    return disease is not None and not disease.treated


def answer_groups(answers: Mapping[str, list[str]]) -> tuple[AnswerGroup, ...]:
    """Every question that was answered, as the family was asked, for the desk."""
    pages = (
        (str(TOLD), ToldForm), (_("About the sender"), YouForm), (_("About the child"), ChildForm),
        (_("Treatment so far"), TreatmentForm), (_("Their question"), QuestionForm),
        (_("Permission"), SaidPermissionForm),
    )  # fmt: skip
    groups = tuple(replace(group, answers=tuple(map(neutral, group.answers))) for group in groups_of(pages, answers))
    if answers.get("not_emergency_ack") != ["yes"]:
        return groups
    said_so = AnswerView(
        "not_emergency_ack", _("Began with “This is not an emergency”"), (("yes", _("Yes")),), long=False
    )
    return (*groups, AnswerGroup(_("At the start"), (said_so,)))


def neutral(answer: AnswerView) -> AnswerView:
    """A permission by its name: the words in force today may be others than those that were agreed to."""
    names = {"consent_contact_me": _("May call or write to them"), "consent_contact_doctor": _("May call the doctor")}
    return replace(answer, question=names.get(answer.name, answer.question))


def said(answers: Mapping[str, list[str]]) -> str:
    """Their own words."""
    return (answers.get("message") or [""])[0]


def speaks(answers: Mapping[str, list[str]]) -> str:
    """The language in which they wrote."""
    return name_of((answers.get("preferred_language") or ["und"])[0])


# A family's words for how things are, as the labels name them.
STATUS_OF = {
    "refractory": "refractory_primary", "relapse_1": "relapse_1", "relapse_2plus": "relapse_2plus",
    "relapse_after_transplant": "relapse_after_sct",
}  # fmt: skip


def known(answers: Mapping[str, list[str]]) -> Facts:
    """What the answers say of the facts that labels ask about."""
    status = STATUS_OF.get(first(answers, "disease_situation"), "")
    return facts_of(
        None,
        {
            "diagnosis": first(answers, "diagnosis"),
            "status": status,
            "sex": first(answers, "child_sex").replace("UNK", ""),
        },
    )


def first(answers: Mapping[str, list[str]], name: str) -> str:
    """The only answer to a question, or nothing."""
    return (answers.get(name) or [""])[0]
