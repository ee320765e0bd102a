"""The referrer's questions: the floor on page one, what this diagnosis needs on page two. Fast on a keyboard.

Every clinical answer is optional: what is missing or cannot be read never holds a referral up, the receipt names it.
"""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import StopValidation

from app.codes import npi
from app.codes.languages import choices as languages
from app.codes.specialties import SPECIALTIES
from app.core.clock import now
from app.programs.questions import (
    CALL_WITHIN,
    LABEL_OF_NUMBER,
    LABEL_OF_PART,
    LABEL_OF_PRESCRIBER,
    OF_SOME_COUNTRY,
    Mail,
    Tel,
    countries,
    has_npi,
    insurances,
    parts,
)
from app.programs.service import hospital
from app.web.dates import DateLine, DateParts
from app.web.fields import (
    Area,
    Asked,
    Checks,
    Choice,
    Email,
    Number,
    Option,
    PageForm,
    Refused,
    Select,
    Text,
    Text_,
    YesNo,
)

UNKNOWN: tuple[Option, ...] = (("unknown", _l("Unknown")),)
YES_NO_UNKNOWN: tuple[Option, ...] = (("yes", _l("Yes")), ("no", _l("No")), *UNKNOWN)
ANTIGEN: tuple[Option, ...] = (
    ("positive", _l("Positive")), ("dim", _l("Dim")), ("partial", _l("Partial")), ("negative", _l("Negative")),
    ("pending", _l("Pending")), *UNKNOWN,
)  # fmt: skip
DONORS: tuple[Option, ...] = (
    ("sibling_match", _l("Matched sibling")), ("sibling_being_typed", _l("Sibling being typed")),
    ("mud_found", _l("Matched unrelated donor found")), ("haplo_parent", _l("Half-matched parent")),
    ("none_available", _l("None available")), *UNKNOWN,
)  # fmt: skip
RECORD_STATES: tuple[Option, ...] = (
    ("sent", _l("Sent already")), ("pending", _l("Will follow")), ("not_available", _l("Does not exist")),
    ("not_applicable", _l("Not needed here")),
)  # fmt: skip


def yes_no_unknown(label: Text_, layout: str = "g2") -> Select:
    """A short list that one key answers."""
    return Select(label, YES_NO_UNKNOWN, layout=layout, mark_optional=False)


def record(label: Text_) -> Select:
    """Where a report is."""
    return Select(label, RECORD_STATES, layout="g2", mark_optional=False)


def line(label: Text_, layout: str = "g2", *, hint: Text_ = "", maximum: int = 200) -> Text:
    """One line of free text, optional."""
    return Text(label, layout=layout, hint=hint, maximum=maximum, mark_optional=False)


def number(label: Text_, high: float, *, low: float = 0, whole: bool = False, layout: str = "g2") -> Number:
    """A number within bounds, optional."""
    return Number(label, low=low, high=high, whole=whole, layout=layout, mark_optional=False)


def day(label: Text_, layout: str = "g2") -> DateLine:
    """A date as exact as it is known, optional."""
    return DateLine(label, layout=layout, mark_optional=False)


class PatientForm(PageForm):
    """Page 1, the floor: child, diagnosis, urgency, a number that reaches a person, whether the family knows."""

    soft = True

    patient_given_name = Text(
        _l("Given name"), needed=_l("Write the patient’s given name"), maximum=100, layout="g2"
    )  # fmt: skip
    patient_family_name = Text(_l("Family name"), maximum=100, layout="g2", mark_optional=False)
    patient_mrn = Text(LABEL_OF_NUMBER, maximum=32, layout="g2")
    patient_dob = DateParts(_l("Date of birth"), layout="g3", mark_optional=False)
    patient_sex = Choice(
        _l("Sex on record"), (("F", _l("F")), ("M", _l("M")), ("UNK", _l("Unknown"))), row=True, layout="g3",
        mark_optional=False,
    )  # fmt: skip
    icd10cm = Text(
        _l("Diagnosis: ICD-10-CM code or words"), needed=_l("Write the diagnosis, as a code or in words"),
        maximum=300, layout="g6", hint=_l("For example C91.02, or relapsed B-ALL. Words are fine."),
    )  # fmt: skip
    urgency = Choice(
        _l("How soon?"),
        (
            ("routine", _l("Routine"), CALL_WITHIN),
            ("expedited", _l("Expedited"), _l("By then as well, and before routine ones")),
            ("urgent", _l("Urgent"), _l("Today: phone the line above as well")),
        ),
        needed=_l("Choose how soon"), row=True, layout="g6",
    )  # fmt: skip
    current_location = Select(
        _l("Where the patient is now"), hint=_l("Ward or intensive care counts as urgent: phone the line above."), options=
        (
            ("home", _l("At home")), ("outpatient", _l("Outpatient")), ("inpatient_ward", _l("On a ward")),
            ("icu", _l("In intensive care")), ("other", _l("Elsewhere")), *UNKNOWN,
        ), layout="g3", mark_optional=False,
    )  # fmt: skip
    family_aware = YesNo(
        _l("The family knows of this referral"), layout="g3",
        needed=_l("Say whether the family knows: we call them only if they do"),
    )  # fmt: skip
    referrer_given_name = Text(
        _l("Your given name"), needed=_l("Write your given name"), maximum=100, layout="g2", autocomplete="given-name"
    )  # fmt: skip
    referrer_family_name = Text(
        _l("Your family name"), maximum=100, layout="g2", autocomplete="family-name", mark_optional=False
    )
    credential = Select(
        _l("Credential"),
        (
            ("MD", "MD"), ("DO", "DO"), ("NP", "NP"), ("PA", "PA"), ("RN", "RN"), ("MBBS", "MBBS"),
            ("other", _l("Other")),
        ), layout="g2", mark_optional=False,
    )  # fmt: skip
    back_line_phone = Tel(
        _l("Number that reaches a person"), hint=_l("Back line, cell or pager"), layout="g2",
        country_field="referrer_country", mark_optional=False,
    )  # fmt: skip
    referrer_email = Mail(
        _l("Email"), hint=_l("For the receipt. No names go by email."), layout="g2", mark_optional=False
    )
    npi = Text(
        LABEL_OF_PRESCRIBER,
        hint=_l("Leave it empty if there is none"),
        maximum=20,
        inputmode="numeric",
        layout="g2",
        mark_optional=False,
    )
    npi_reason = Text(
        _l("Why this number stays as it is"), hint=_l("For example: applied for, or practice number"), layout="g6",
        mark_optional=False,
    )  # fmt: skip
    referrer_phone = Tel(_l("Practice phone"), country_field="referrer_country", layout="g2", mark_optional=False)
    referrer_fax = Tel(_l("Fax"), country_field="referrer_country", layout="g2", mark_optional=False)
    direct_address = Email(_l("Direct address"), layout="g2", mark_optional=False)
    practice_name = line(_l("Practice or hospital"), "g3")
    specialty_taxonomy = Select(
        _l("Specialty"), SPECIALTIES, layout="g3", mark_optional=False
    )  # fmt: skip
    on_behalf_of = line(_l("If you fill this in for somebody: for whom?"), "g3")
    referrer_country = Select(_l("Country"), countries, layout="g3", mark_optional=False)

    def validate_patient_dob(self, field: DateParts) -> None:
        """Two identifiers: the name, and a date of birth or the number in their records. Not in the future."""
        has_mrn = bool((self.answers.get("patient_mrn") or [""])[0].strip())
        if not field.data and not has_mrn:
            raise Refused(_("Write the date of birth, or your own record number: we need two identifiers"))
        if field.data and date.fromisoformat(field.data) > today():
            field.wrong_part = "year"
            kind = StopValidation if has_mrn else Refused
            raise kind(_("This date is in the future. Look at the year again."))

    def validate_back_line_phone(self, field: Tel) -> None:
        """One number at the practice that can be dialed, whichever."""
        other = self["referrer_phone"]
        if not field.data and not (other.validate(self) and other.data):
            raise Refused(_("Write a number that reaches a person at your practice"))

    def validate_npi(self, field: Text) -> None:
        """A warning that a reason passes; the number proves only its typing."""
        if not field.data or not has_npi() or (self.answers.get("npi_reason") or [""])[0].strip():
            return
        fault = npi.check(field.data)
        if fault is not None:
            words = {
                npi.NpiFault.LENGTH: _("An NPI has ten digits."),
                npi.NpiFault.FIRST_DIGIT: _("An NPI begins with 1 or 2."),
                npi.NpiFault.CHECK_DIGIT: _("The last digit of this NPI does not fit the others."),
            }[fault]
            raise Refused(_("%(fault)s Mend it, or write below why it stays.", fault=words))


def today() -> date:
    """The program's day."""
    return now().astimezone(hospital().zone).date()


class ClinicalForm(PageForm):
    """Page 2: everything else that anybody's diagnosis may need; the page shows what this one's does."""

    soft = True

    patient_preferred_given_name = line(_l("Name the child goes by"))
    patient_name_latin = line(_l("Name in Latin letters"))
    patient_phone = Tel(
        _l("Patient’s phone, if 18 or older"), country_field="patient_country", layout="g2", mark_optional=False
    )
    guardian_name = line(_l("Guardian’s name"))
    guardian_phone = Tel(_l("Guardian’s phone"), country_field="patient_country", layout="g2", mark_optional=False)
    preferred_language = Select(_l("Language the family speaks"), languages, layout="g2", mark_optional=False)
    interpreter_needed = YesNo(_l("Interpreter wanted"), layout="g2", mark_optional=False)
    patient_country = Select(_l("Country"), countries, layout="g2", mark_optional=False)
    patient_state = Select(LABEL_OF_PART, parts, maximum=100, layout="g2", mark_optional=False)
    patient_postal_code = line(_l("ZIP or postal code"), maximum=20)
    custody_notes = line(
        _l("Custody or consent: anything to know"),
        "g6",
        hint=_l("Foster care, state custody, court order"),
        maximum=1000,
    )

    immunophenotype = Select(
        _l("Immunophenotype"), (("B", "B"), ("T", "T"), ("mixed", _l("Mixed")), *UNKNOWN), layout="g2",
        mark_optional=False,
    )  # fmt: skip
    date_of_diagnosis = day(_l("Date of diagnosis"))
    disease_status = Select(
        _l("Disease status"),
        (
            ("newly_diagnosed", _l("Newly diagnosed")), ("refractory_primary", _l("Primary refractory")),
            ("relapse_1", _l("First relapse")), ("refractory_relapse", _l("Refractory relapse")),
            ("relapse_2plus", _l("Second or later relapse")), ("relapse_after_sct", _l("Relapse after transplant")),
            ("relapse_after_car_t", _l("Relapse after CAR T")),
            ("mrd_positive_remission", _l("Remission, MRD positive")),
            ("mrd_negative_remission", _l("Remission, MRD negative")), *UNKNOWN,
        ), layout="g2", mark_optional=False,
    )  # fmt: skip
    number_of_relapses = number(_l("Number of relapses"), 9, whole=True)
    date_of_last_relapse = day(_l("Date of last relapse"))
    cns_status = Select(
        _l("CNS status"), (("CNS1", "CNS1"), ("CNS2", "CNS2"), ("CNS3", "CNS3"), *UNKNOWN), layout="g2",
        mark_optional=False,
    )  # fmt: skip
    relapse_sites = Checks(
        _l("Sites of relapse"),
        (
            ("marrow", _l("Marrow")), ("cns", _l("CNS")), ("testis", _l("Testis")),
            ("other_extramedullary", _l("Other")),
        ), row=True, layout="g6", mark_optional=False,
    )  # fmt: skip
    blast_percent_marrow = number(_l("Blasts in marrow, %"), 100)
    mrd_status = Select(
        _l("MRD"),
        (
            ("positive", _l("Positive")), ("negative", _l("Negative")), ("pending", _l("Pending")),
            ("not_applicable", _l("Not applicable")), *UNKNOWN,
        ), layout="g2", mark_optional=False,
    )  # fmt: skip
    mrd_detail = line(_l("MRD method, value, date"))
    cd19 = Select(_l("CD19"), ANTIGEN, layout="g2", mark_optional=False)
    cd19_percent = number(_l("CD19, %"), 100)
    cd22 = Select(_l("CD22"), ANTIGEN, layout="g2", mark_optional=False)
    antigen_detail = line(_l("Measured when, after which therapy"), "g6")
    cytogenetics = line(_l("Cytogenetics"), "g6", hint=_l("For example KMT2A-r, BCR::ABL1, hypodiploid, none"))

    chemo_lines = number(_l("Lines of chemotherapy"), 30, whole=True)
    prior_blinatumomab = yes_no_unknown(_l("Blinatumomab"))
    prior_inotuzumab = yes_no_unknown(_l("Inotuzumab"))
    prior_rituximab = yes_no_unknown(_l("Rituximab"))
    prior_nelarabine = yes_no_unknown(_l("Nelarabine"))
    prior_radiation = yes_no_unknown(_l("Radiation"))
    prior_auto_sct = yes_no_unknown(_l("Autologous transplant"))
    prior_allo_sct = yes_no_unknown(_l("Allogeneic transplant"))
    prior_car_t = yes_no_unknown(_l("CAR T"))
    prior_gene_therapy = yes_no_unknown(_l("Gene therapy"))
    prior_dli = yes_no_unknown(_l("Donor lymphocytes"))
    gvhd = Select(
        _l("GVHD"), (("none", _l("None")), ("acute", _l("Acute")), ("chronic", _l("Chronic")), *UNKNOWN), layout="g2",
        mark_optional=False,
    )  # fmt: skip
    prior_dates = Area(
        _l("Dates of last doses, transplants, infusions; steroids"), layout="g6", mark_optional=False, maximum=2000
    )  # fmt: skip

    genotype = line(_l("Genotype or gene variant"))
    severe_voc_last_24_months = number(_l("Severe pain crises in 24 months"), 99, whole=True)
    hydroxyurea = Select(
        _l("Hydroxyurea"),
        (
            ("no", _l("Never")), ("yes_working", _l("Yes, works")), ("yes_failed", _l("Yes, failed")),
            ("yes_intolerant", _l("Yes, not tolerated")), *UNKNOWN,
        ), layout="g2", mark_optional=False,
    )  # fmt: skip
    chronic_transfusions = yes_no_unknown(_l("Chronic transfusions"))
    stroke_or_abnormal_tcd = yes_no_unknown(_l("Stroke or abnormal TCD"))
    transfusions_per_year = number(_l("Transfusions a year"), 200)
    ferritin_ng_ml = number(_l("Ferritin, ng/mL"), 100_000)
    liver_iron = line(_l("Liver and heart iron"))
    spleen = line(_l("Spleen"))
    matched_sibling_donor = Select(_l("Matched donor in the family"), DONORS, layout="g2", mark_optional=False)
    fertility_consult = Select(
        _l("Fertility consult"),
        (("done", _l("Done")), ("requested", _l("Requested")), ("not_wanted", _l("Not wanted")), *UNKNOWN),
        layout="g2", mark_optional=False,
    )  # fmt: skip
    abcd1_variant = line(_l("ABCD1 variant"))
    vlcfa = line(_l("VLCFA"))
    mri_date = day(_l("Date of MRI"))
    gadolinium_enhancement = yes_no_unknown(_l("Gadolinium enhancement"))
    loes_score = number(_l("Loes score"), 34)
    nfs_score = number(_l("NFS score"), 25)
    arsa_activity = line(_l("ARSA activity"))
    arsa_genotype = line(_l("ARSA genotype"))
    urine_sulfatides = line(_l("Urine sulfatides"))
    symptomatic = line(_l("Symptoms so far"))
    older_sibling_affected = YesNo(_l("Sibling affected"), layout="g2", mark_optional=False)
    smn1 = line(_l("SMN1"))
    smn2_copies = number(_l("SMN2 copies"), 20, whole=True)
    aav9_antibody = Select(
        _l("AAV9 antibody"),
        (("negative", _l("Negative")), ("positive", _l("Positive")), ("pending", _l("Pending")), *UNKNOWN),
        layout="g2", mark_optional=False,
    )  # fmt: skip
    ventilator_hours_per_day = number(_l("Ventilator, hours a day"), 24)
    prior_sma_drug = line(_l("Nusinersen, risdiplam"))
    platelets = line(_l("Platelets"))
    cd18_percent = number(_l("CD18, %"), 100)
    infections = line(_l("Infections so far"), "g6", maximum=1000)

    weight_kg = Number(
        _l("Weight, kg"), low=0.3, high=300, layout="g2", mark_optional=False
    )  # fmt: skip
    performance_scale = Select(
        _l("Performance scale"),
        (
            ("lansky", _l("Lansky, 1 to 15 years")), ("karnofsky", _l("Karnofsky, from 16")),
            ("not_applicable_under_1y", _l("Under 1 year: none")),
        ), layout="g2", mark_optional=False,
    )  # fmt: skip
    performance_score = Select(
        _l("Performance score"),
        tuple((str(score), str(score)) for score in range(100, 0, -10)),
        layout="g2",
        mark_optional=False,
    )
    active_infection = yes_no_unknown(_l("Active infection"))
    seizure_history = yes_no_unknown(_l("Seizures, ever"))
    hospital_unit = line(_l("Hospital and unit, if inpatient"))
    infection_detail = line(_l("Which infection, since when, treatment"), "g6", maximum=1000)
    viral_screen = line(_l("HIV, HBV, HCV screen"), "g3")
    organ_concerns = line(_l("Heart, kidney, liver, lung, neurologic concerns"), "g3", maximum=1000)
    lymphocytes = line(_l("Lymphocytes or CD3, with date"), "g3")
    cells_collected = line(_l("Cells collected already: where, when, frozen?"), "g3")
    hla_typing = Select(
        _l("HLA typing"),
        (("done", _l("Done")), ("pending", _l("Pending")), ("not_done", _l("Not done")), *UNKNOWN), layout="g2",
        mark_optional=False,
    )  # fmt: skip
    donor_status = Select(_l("Donor"), DONORS, layout="g2", mark_optional=False)
    transfer_requested = YesNo(_l("Transfer asked for"), layout="g2", mark_optional=False)

    requested_service = Select(
        _l("What you ask for"),
        (
            ("car_t", _l("CAR T")), ("gene_therapy", _l("Gene therapy")), ("sct", _l("Transplant")),
            ("trial", _l("A trial")), ("second_opinion", _l("Second opinion")), ("tele_consult", _l("Tele-consult")),
        ), layout="g3", mark_optional=False,
    )  # fmt: skip
    urgency_reason = line(_l("Why this urgency"), "g3", maximum=500)
    clinical_question = Area(_l("Your question"), layout="g6", mark_optional=False)
    referrer_wants = Checks(
        _l("You would like to"),
        (
            ("keep_primary", _l("stay primary oncologist")), ("bridge", _l("bridge locally")),
            ("updates", _l("hear at every step")),
        ), row=True, layout="g6", mark_optional=False,
    )  # fmt: skip

    insurance_type = Select(
        _l("Insurance"), insurances((
            ("commercial", _l("Commercial")), ("medicaid", _l("Medicaid or CHIP")), ("tricare", _l("TRICARE")),
            ("public", _l("Public or social insurance")),
            ("none", _l("None")), ("self_pay_international", _l("Self-pay from abroad")),
            ("other_international", _l("Insurance of another country")), *UNKNOWN,
        )), also=OF_SOME_COUNTRY, layout="g2", mark_optional=False,
    )  # fmt: skip
    insurance_payer = line(_l("Payer"))
    insurance_member_id = line(_l("Member ID"), maximum=60)
    insurance_authorization = Select(
        _l("Authorization"),
        (
            ("not_started", _l("Not started")), ("in_progress", _l("In progress")), ("approved", _l("Approved")),
            ("denied", _l("Denied")), ("not_applicable", _l("Not applicable")),
        ), layout="g2", mark_optional=False,
    )  # fmt: skip
    insurance_note = line(_l("About the insurance"), "g6")

    record_pathology_report = record(_l("Pathology report"))
    record_flow_cytometry = record(_l("Flow cytometry"))
    record_bone_marrow_report = record(_l("Bone marrow report"))
    record_cytogenetics = record(_l("Cytogenetics"))
    record_mrd_report = record(_l("MRD report"))
    record_csf_report = record(_l("CSF report"))
    record_imaging = record(_l("Imaging"))
    record_treatment_summary = record(_l("Treatment summary with dates"))
    record_recent_labs = record(_l("Recent labs"))
    record_medication_list = record(_l("Medication list"))
    record_echo = record(_l("Echocardiogram"))
    record_hla_report = record(_l("HLA report"))
    record_insurance_card = record(_l("Insurance card"))
    record_consent_or_custody_papers = record(_l("Consent or custody papers"))

    def validate_date_of_diagnosis(self, field: DateLine) -> None:
        """Not before birth and not in the future, as far as the parts say."""
        not_later(field)

    def validate_date_of_last_relapse(self, field: DateLine) -> None:
        """Not in the future, and not before the diagnosis."""
        not_later(field)
        diagnosed = self["date_of_diagnosis"].data
        if field.data and diagnosed and field.data[: len(diagnosed)] < diagnosed[: len(field.data)]:
            raise StopValidation(_("This is before the date of diagnosis. One of the two is wrong."))


def not_later(field: Asked) -> None:
    """Refuse a date in the future."""
    if field.data and field.data > today().isoformat():
        raise StopValidation(_("This date is in the future. Look at the year again."))


class SendForm(PageForm):
    """The check page asks a referrer nothing more."""
