"""Page two in groups: which of them a diagnosis shows. A group with an answer in it is always shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from app.referrals import domain as d

ONCOLOGY = frozenset({d.ONCOLOGY, d.LEUKEMIA})
HEMOGLOBIN = frozenset({d.SICKLE_CELL, d.THALASSEMIA})
EVERY = None
GENE = frozenset({d.SICKLE_CELL, d.THALASSEMIA, d.ADRENOLEUKODYSTROPHY, d.MLD, d.SMA, d.IMMUNE})


@dataclass(frozen=True, slots=True)
class Group:
    """A titled group of questions; `diagnoses` None: everybody's. Two are equal that ask the same."""

    code: str
    title: LazyString = field(compare=False)
    names: tuple[str, ...]
    diagnoses: frozenset[str] | None = field(default=EVERY, compare=False)
    hint: LazyString | str = field(default="", compare=False)


GROUPS: tuple[Group, ...] = (
    Group(
        "family", _l("Family"),
        (
            "guardian_name", "guardian_phone", "patient_phone", "preferred_language", "interpreter_needed",
            "patient_country", "patient_state", "patient_postal_code", "patient_preferred_given_name",
            "patient_name_latin", "custody_notes",
        ),
    ),
    Group(
        "disease", _l("Disease"),
        (
            "immunophenotype", "disease_status", "cns_status", "date_of_diagnosis", "number_of_relapses",
            "date_of_last_relapse", "relapse_sites", "blast_percent_marrow", "mrd_status", "mrd_detail", "cd19",
            "cd19_percent", "cd22", "antigen_detail", "cytogenetics",
        ),
        ONCOLOGY, _l("What you know today. CD19 and CD22 after the last antigen-directed drug."),
    ),
    Group(
        "sickle_cell", _l("Sickle cell"),
        (
            "genotype", "severe_voc_last_24_months", "hydroxyurea", "chronic_transfusions",
            "stroke_or_abnormal_tcd", "matched_sibling_donor", "fertility_consult",
        ),
        frozenset({d.SICKLE_CELL}),
    ),
    Group(
        "thalassemia", _l("Thalassemia"),
        (
            "genotype", "transfusions_per_year", "ferritin_ng_ml", "liver_iron", "spleen",
            "matched_sibling_donor", "fertility_consult",
        ),
        frozenset({d.THALASSEMIA}),
    ),
    Group(
        "adrenoleukodystrophy", _l("Adrenoleukodystrophy"),
        ("abcd1_variant", "vlcfa", "mri_date", "gadolinium_enhancement", "loes_score", "nfs_score", "symptomatic"),
        frozenset({d.ADRENOLEUKODYSTROPHY}), _l("Weeks matter: phone the line above as well."),
    ),
    Group(
        "mld", _l("Metachromatic leukodystrophy"),
        ("arsa_activity", "arsa_genotype", "urine_sulfatides", "symptomatic", "older_sibling_affected"),
        frozenset({d.MLD}), _l("Days matter: phone the line above as well."),
    ),
    Group(
        "sma", _l("Spinal muscular atrophy"),
        ("smn1", "smn2_copies", "aav9_antibody", "ventilator_hours_per_day", "symptomatic", "prior_sma_drug"),
        frozenset({d.SMA}), _l("Days matter: phone the line above as well."),
    ),
    Group(
        "immune", _l("Immune system"),
        ("genotype", "platelets", "cd18_percent", "infections", "matched_sibling_donor"), frozenset({d.IMMUNE}),
    ),
    Group(
        "therapies", _l("Therapies so far"),
        (
            "chemo_lines", "prior_blinatumomab", "prior_inotuzumab", "prior_rituximab", "prior_nelarabine",
            "prior_radiation", "prior_auto_sct", "prior_allo_sct", "prior_car_t", "prior_gene_therapy", "prior_dli",
            "gvhd", "prior_dates",
        ),
        ONCOLOGY, _l("Dates of last doses decide when cells can be collected."),
    ),
    Group(
        "therapies_before", _l("Therapies so far"), ("prior_allo_sct", "prior_gene_therapy", "prior_dates"),
        GENE | {d.OTHER},
    ),
    Group(
        "now", _l("The child today"),
        (
            "weight_kg", "performance_scale", "performance_score", "active_infection", "seizure_history",
            "hospital_unit", "infection_detail", "viral_screen", "organ_concerns", "lymphocytes", "cells_collected",
        ),
    ),
    Group("donor", _l("HLA and donor"), ("hla_typing", "donor_status"), ONCOLOGY | GENE | {d.OTHER}),
    Group(
        "question", _l("What you ask"),
        ("requested_service", "urgency_reason", "clinical_question", "transfer_requested", "referrer_wants"),
    ),
    Group(
        "insurance", _l("Insurance"),
        (
            "insurance_type", "insurance_payer", "insurance_member_id", "insurance_authorization", "insurance_note",
        ),
    ),
    Group(
        "records", _l("Records"), tuple(f"record_{name}" for name in d.RECORDS), EVERY,
        _l("Which are sent, and which follow. Send them by fax or as you always do, with the reference."),
    ),
)  # fmt: skip
# Asked of cancers only, among the records and the questions of today.
CANCER_ONLY = frozenset(
    {
        "record_flow_cytometry", "record_bone_marrow_report", "record_mrd_report", "record_csf_report",
        "record_cytogenetics", "lymphocytes", "cells_collected", "seizure_history",
    }
)  # fmt: skip


def groups_for(diagnosis: str | None, answers: Mapping[str, list[str]]) -> tuple[Group, ...]:
    """The groups that page two shows, each name once; what was answered is never hidden."""
    group, seen, shown = d.group_of(diagnosis), set[str](), []
    for one in GROUPS:
        fits = one.diagnoses is EVERY or group in one.diagnoses
        names = tuple(
            name
            for name in one.names
            if name not in seen
            and (answered(name, answers) or (fits and (name not in CANCER_ONLY or d.is_oncology(group))))
        )
        if names:
            seen.update(names)
            shown.append(Group(one.code, one.title, names, one.diagnoses, one.hint))
    return tuple(shown)


def answered(name: str, answers: Mapping[str, list[str]]) -> bool:
    """Whether something was typed."""
    return any(value.strip() for value in answers.get(name) or ())
