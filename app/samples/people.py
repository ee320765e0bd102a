"""Invented people and what they write: names from many languages, illnesses, messages. Plain data and one generator.

Everything is drawn from a seed and an index, so that the same command always makes the same children.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from app.cases.domain import Kind

RARE_LANGUAGE, RARE_SHARE = "ti", 1 / 3000
LANGUAGES = (("en", 62), ("es", 17), ("pt", 5), ("zh-Hans", 4), ("ar", 3), ("vi", 3), ("ht", 3), ("fr", 2), ("ru", 1))
NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "en": (
        (
            "Wendeline",
            "Thaddeus",
            "Marigold",
            "Ellery",
            "Junie",
            "Barnaby",
            "Odalys",
            "Cormac",
            "Imogen",
            "Lachlan",
            "Tamsin",
            "Quillon",
            "Saoirse",
            "Ephraim",
            "Juniper",
            "Caspian",
        ),
        (
            "Achterberg",
            "Brathwaite",
            "Fairweather",
            "Hollowell",
            "Kealoha-Marsh",
            "Lindqvist",
            "Okonjo-Reed",
            "Pemberley",
            "Quill",
            "Stroud",
            "Tackett",
            "Underhill",
            "Whitlock",
            "Yarrow",
        ),
    ),
    "es": (
        ("Xóchitl", "Santiago", "Itzel", "Leonel", "Priscila", "Emiliano", "Noa", "Ximena", "Joaquín", "Mía"),
        ("Barragán", "Castellano-Reyes", "Ibáñez", "Muñoz", "Peñaloza", "Quiñones", "Urrutia", "Zúñiga"),
    ),
    "pt": (("Davi", "Luíza", "Anaïs", "Caetano", "Heloísa"), ("Amorim", "Figueirôa", "Guimarães", "Sampaio")),
    "zh-Hans": (("思远", "雨桐", "子涵", "Siyuan", "梓萱"), ("陈", "林", "Chen", "王", "赵")),
    "ar": (("يوسف", "ليان", "Layan", "آدم", "Noor"), ("الحدّاد", "Al-Haddad", "الخطيب", "Mansour")),
    "vi": (("Minh Anh", "Bảo Ngọc", "Gia Huy", "Thảo"), ("Nguyễn", "Trần", "Phạm", "Đặng")),
    "ht": (("Woodley", "Fabiola", "Jean-Rony", "Mirlande"), ("Fortuné", "Desrosiers", "Jean-Baptiste")),
    "fr": (("Théo", "Capucine", "Anselme", "Zoé"), ("Delacroix-Besson", "Lefèvre", "Rousselle")),
    "ru": (("Матвей", "Ulyana", "Ярослав", "Vera"), ("Ковальчук", "Sokolova", "Воронов")),
    RARE_LANGUAGE: (("ሰናይት", "Yonatan", "Selam"), ("ገብረ", "Tesfay", "Haile")),
}
MESSAGES = (
    "We were told there may be nothing more to try here. Is there something at your hospital?",
    "It came back after the second round. Our doctor spoke of CAR T. What should we do first?",
    "Can you look at the results before we travel? It is a six-hour drive.",
    "Please call in the evening, I work days.\nThank you for reading this.",
    "We do not know the right words. The blood illness, the one with pain crises.",
    "Her brother is a match, they say. We would still like to ask about gene therapy 🙏",
    "", "", "",
)  # fmt: skip
QUESTIONS = (
    "CAR T evaluation; cells could be collected before the next block.",
    "Second relapse in the marrow. Bridging suggestions?",
    "Gene therapy consult, family has read a lot and has questions.",
    "Is there a trial? Antigen negative after the first product.",
    "Timing against a matched unrelated donor.",
    "",
)
# Family's word for the disease, share, and the code a physician would write.
DISEASES = (
    ("all", 34, ("C91.00", "C91.02")), ("nhl", 8, ("C83.70", "C83.30")), ("other_leukemia", 8, ("C92.00",)),
    ("sickle_cell", 16, ("D57.00", "D57.1")), ("thalassemia", 8, ("D56.1",)),
    ("adrenoleukodystrophy", 3, ("E71.520",)), ("mld", 2, ("E75.25",)), ("sma", 3, ("G12.0",)),
    ("immune_deficiency", 6, ("D81.9", "D82.0")), ("not_sure", 6, ("D64.9",)), ("other", 6, ("D61.9",)),
)  # fmt: skip
SITUATIONS = ("newly_diagnosed", "in_treatment_first_time", "refractory", "relapse_1", "relapse_2plus", "remission")
STATUSES = ("newly_diagnosed", "refractory_primary", "relapse_1", "relapse_2plus", "relapse_after_sct")
AREAS = ("212", "305", "413", "508", "614", "617", "713", "804", "901")
STATES = (("MA", "02124"), ("NY", "10029"), ("VA", "23219"), ("TN", "38103"), ("WA", "98101"), ("OH", "43215"))


@dataclass(frozen=True, slots=True)
class Person:
    """What one drawn sender typed, by the names of the form's controls."""

    kind: Kind
    answers: dict[str, list[str]]
    received_at: datetime


def person(draw: Random, received_at: datetime) -> Person:
    """One inquiry or referral (six to four), every answer one that the form accepts."""
    kind = Kind.INQUIRY if draw.random() < 0.6 else Kind.REFERRAL
    language = RARE_LANGUAGE if draw.random() < RARE_SHARE else weighted(draw, LANGUAGES)
    given, family = (draw.choice(part) for part in NAMES[language])
    disease, codes = weighted(draw, tuple(((code, codes), share) for code, share, codes in DISEASES))
    child = Child(given, family, birthday(draw, disease, received_at.date()), draw.choice("FM"), disease)
    typed = (
        inquiry(draw, child, language) if kind is Kind.INQUIRY else referral(draw, child, language, draw.choice(codes))
    )
    return Person(kind, {name: [value] for name, value in typed.items() if value}, received_at)


@dataclass(frozen=True, slots=True)
class Child:
    """A drawn child."""

    given: str
    family: str
    born: date
    sex: str
    disease: str


def weighted(draw: Random, choices: tuple[tuple[Any, int], ...]) -> Any:  # noqa: ANN401  whatever was listed
    """One of the choices, by its share."""
    return draw.choices([choice for choice, _share in choices], [share for _choice, share in choices])[0]


def birthday(draw: Random, disease: str, day: date) -> date:
    """The age at which the illness is met."""
    low, high = {"sma": (0, 2), "mld": (0, 5), "immune_deficiency": (0, 6)}.get(disease, (1, 20))
    return day - timedelta(days=draw.randint(low * 365 + 20, high * 365 + 200))


def phone(draw: Random) -> str:
    """A number that nobody has."""
    return f"({draw.choice(AREAS)}) 555-01{draw.randint(0, 99):02d}"


def address(draw: Random) -> str:
    """An address that nobody has."""
    return f"{draw.choice(('hello', 'home', 'casa', 'kin', 'nest'))}{draw.randint(1, 9999)}@example.org"


def date_controls(name: str, day: date) -> dict[str, str]:
    """A date in its three boxes."""
    return {f"{name}-month": day.strftime("%B"), f"{name}-day": str(day.day), f"{name}-year": str(day.year)}


def inquiry(draw: Random, child: Child, language: str) -> dict[str, str]:
    """A family's answers."""
    cancer = child.disease in {"all", "nhl", "other_leukemia"}
    state, zip_code = draw.choice(STATES)
    mails = draw.random() < 0.7
    return {
        "not_emergency_ack": "yes", "relationship": draw.choice(("mother", "mother", "father", "grandparent", "legal_guardian")),
        "contact_given_name": draw.choice(NAMES[language][0]), "contact_family_name": child.family,
        "contact_phone": phone(draw), "contact_email": address(draw) if mails else "",
        "preferred_contact_method": draw.choice(("phone", "phone", "email")) if mails else "phone",
        "best_time": draw.choice(("morning", "afternoon", "evening", "any")),
        "preferred_language": language, "interpreter_needed": "no" if language == "en" else draw.choice(("yes", "yes", "no")),
        "ok_voicemail": draw.choice(("yes", "no")), "child_given_name": child.given, "child_family_name": child.family,
        **date_controls("child_dob", child.born), "child_sex": child.sex, "diagnosis": child.disease,
        "disease_situation": draw.choice(SITUATIONS) if cancer else "", "in_hospital_now": "yes" if draw.random() < 0.05 else "no",
        "consent_contact_doctor": draw.choice(("yes", "yes", "no")), "treating_hospital": draw.choice(("", "Example Ridge Children’s Hospital")),
        "treating_doctor_name": draw.choice(("", "Dr. Achterberg")), "message": draw.choice(MESSAGES), "country": "US",
        "state": state, "postal_code": zip_code, "insurance_type": draw.choice(("medicaid", "commercial", "not_sure", "tricare")),
        "consent_contact_me": "yes",
    }  # fmt: skip


def referral(draw: Random, child: Child, language: str, code: str) -> dict[str, str]:
    """A practice's answers: some send the floor only."""
    floor = {
        "patient_given_name": child.given, "patient_family_name": child.family, **date_controls("patient_dob", child.born),
        "patient_sex": child.sex, "patient_mrn": f"EX-{draw.randint(1000, 999999)}", "icd10cm": code,
        "urgency": weighted(draw, (("routine", 70), ("expedited", 26), ("urgent", 4))), "family_aware": weighted(draw, (("yes", 9), ("no", 1))),
        "current_location": weighted(draw, (("home", 60), ("outpatient", 36), ("inpatient_ward", 3), ("icu", 1))),
        "referrer_given_name": draw.choice(NAMES["en"][0]), "referrer_family_name": draw.choice(NAMES["en"][1]),
        "credential": draw.choice(("MD", "MD", "DO", "NP")), "back_line_phone": phone(draw),
        "referrer_email": address(draw) if draw.random() < 0.8 else "", "referrer_fax": phone(draw) if draw.random() < 0.5 else "",
        "practice_name": draw.choice(("Example Valley Children’s Clinic", "Example Rural Pediatrics", "Example Sound Oncology")),
    }  # fmt: skip
    if draw.random() < 0.3:
        return floor
    lymphoid = code.startswith(("C91", "C83"))
    relapsed = draw.choice(STATUSES) if code.startswith("C") else ""
    return floor | {
        "guardian_name": draw.choice(NAMES[language][0]), "guardian_phone": phone(draw), "preferred_language": language,
        "interpreter_needed": "no" if language == "en" else "yes", "weight_kg": f"{draw.uniform(4, 70):.1f}",
        "immunophenotype": draw.choice("BBBT") if lymphoid else "", "disease_status": relapsed,
        "cd19": draw.choice(("positive", "pending", "unknown")) if lymphoid else "",
        "cns_status": draw.choice(("CNS1", "CNS2", "unknown")) if lymphoid else "",
        "insurance_type": draw.choice(("medicaid", "commercial", "tricare")), "clinical_question": draw.choice(QUESTIONS),
        "record_pathology_report": draw.choice(("sent", "pending")) if code.startswith("C") else "",
        "record_recent_labs": draw.choice(("sent", "pending")),
    }  # fmt: skip
