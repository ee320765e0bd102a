"""The family's questions, in plain words: four short pages and the permission on the check page.

Labels speak to a frightened person at night; nothing asks for a lab value or a code.
"""

from __future__ import annotations

from datetime import date

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import StopValidation

from app.cases.domain import ADULT_AGE, age_on
from app.codes.languages import choices as languages
from app.core.clock import now
from app.core.settings import settings
from app.drafts.told import READ_OUT
from app.inquiries.domain import CANCERS
from app.programs.addresses import shown
from app.programs.questions import LABEL_OF_PART, OF_SOME_COUNTRY, Mail, Tel, countries, insurances, parts
from app.programs.service import hospital, own_texts
from app.web.dates import DateParts
from app.web.fields import Agree, Area, Checks, Choice, Option, PageForm, Refused, Select, Text, YesNo

NOT_SURE: tuple[Option, ...] = (("not_sure", _l("Not sure")),)


def diagnoses() -> list[Option]:
    """The program's diseases in its own words."""
    return [(code, said.label, said.hint) for code, said in own_texts().diseases.items()]


def contact_methods() -> list[Option]:
    """Texts are offered only where somebody can send them."""
    by_text: list[Option] = [("text", _l("Text message"))] if settings().text_channel else []
    return [("phone", _l("Phone call")), *by_text, ("email", _l("Email"))]


class YouForm(PageForm):
    """Page 1: who writes and how to reach them."""

    relationship = Select(
        _l("Who is writing?"),
        (
            ("mother", _l("mother")), ("father", _l("father")), ("stepparent", _l("stepparent")),
            ("grandparent", _l("grandparent")), ("foster_parent", _l("foster parent")),
            ("legal_guardian", _l("legal guardian")), ("other_family", _l("other family")),
            ("agency_caseworker", _l("caseworker of an agency")),
            ("hospital_social_worker", _l("social worker at the hospital")),
            ("other_helper", _l("other helper")), ("self", _l("I am the patient, and 18 or older")),
            ("other", _l("somebody else")),
        ),
        needed=_l("Choose who is writing"),
    )  # fmt: skip
    relationship_other = Text(_l("If somebody else: who?"))
    legal_guardian = YesNo(_l("Can you make the medical decisions?"), more=NOT_SURE)
    guardian_proof_available = YesNo(_l("Do you have papers that say so?"), more=NOT_SURE)
    contact_given_name = Text(
        _l("Your first name"), needed=_l("Write your first name"), maximum=100, autocomplete="given-name"
    )
    contact_family_name = Text(_l("Your last name"), maximum=100, autocomplete="family-name")
    contact_name_latin = Text(
        _l("Your name in Latin letters"), hint=_l("Only if you wrote it in another script"), maximum=200
    )
    contact_phone = Tel(
        _l("Phone"),
        hint=_l("We need a phone number or an email address, at least one."),
        autocomplete="tel",
        mark_optional=False,
    )
    contact_phone_type = Choice(
        _l("What kind of phone is it?"),
        (("mobile", _l("Cell")), ("landline", _l("Home")), ("work", _l("Work"))), row=True,
    )  # fmt: skip
    phone_or_mailbox_shared = YesNo(
        _l("Do others answer this phone or read this mailbox?"), hint=_l("Then we do not say why we call.")
    )
    ok_voicemail = YesNo(_l("May we leave a message that says the hospital’s name?"))
    ok_text = YesNo(_l("May we send a text message to this phone?"))
    contact_email = Mail(
        _l("Email"),
        hint=_l("We never write a name or an illness in an email."),
        autocomplete="email",
        mark_optional=False,
    )
    preferred_contact_method = Choice(_l("What is best?"), contact_methods, row=True, also=("text",))
    best_time = Choice(
        _l("When is a good time to call?"),
        (
            ("morning", _l("Morning")), ("afternoon", _l("Afternoon")), ("evening", _l("Evening")),
            ("any", _l("Any time")),
        ), row=True,
    )  # fmt: skip
    preferred_language = Select(
        _l("Which language do you like to speak?"), languages, needed=_l("Choose the language you like to speak")
    )
    language_other = Text(_l("If it is not in the list: which?"), maximum=60)
    language_read = Select(_l("Which language do you like to read?"), languages)
    interpreter_needed = YesNo(
        _l("Do you want an interpreter?"), hint=_l("It is free."),
        needed=_l("Choose yes if you want an interpreter, no if not"),
    )  # fmt: skip
    time_zone = Text(_l("Your time zone"), hint=_l("For example America/Chicago, if you are not in ours"), maximum=60)

    def validate_contact_phone(self, field: Tel) -> None:
        """One way to reach them, whichever."""
        if not field.data and not (self.answers.get("contact_email") or [""])[0].strip():
            raise StopValidation(_("Write a phone number or an email address, so that we can reach you"))


class ChildForm(PageForm):
    """Page 2: the child and the illness."""

    soft = True

    child_given_name = Text(
        _l("First name"), needed=_l("Write the first name"), maximum=100,
        hint=_l("As on the insurance card or passport"),
    )  # fmt: skip
    child_family_name = Text(_l("Last name"), maximum=100)
    child_preferred_name = Text(_l("Everyday name, if different"), maximum=100)
    child_name_latin = Text(
        _l("The name in Latin letters"), hint=_l("Only if you wrote it in another script"), maximum=200
    )
    child_dob = DateParts(
        _l("Date of birth"), needed=_l("Write the date of birth. If you do not know it, call us."),
        hint=_l("For example, March 27, 2019. The month can be a word or a number."),
    )  # fmt: skip
    child_sex = Choice(
        _l("Sex on the insurance card"),
        (("F", _l("Female")), ("M", _l("Male")), ("UNK", _l("I would rather not say"))), row=True,
    )  # fmt: skip
    diagnosis = Choice(
        _l("What has the doctor called the illness?"), diagnoses,
        needed=_l("Choose the illness, or “I am not sure”"),
    )  # fmt: skip
    diagnosis_other = Text(_l("If something else: what did the doctor call it?"))
    in_hospital_now = YesNo(
        _l("In the hospital now?"), hint=_l("If yes, the next page after sending says whom to phone at once."),
        needed=_l("Choose yes if in the hospital now, no if not"),
    )  # fmt: skip

    def validate_child_dob(self, field: DateParts) -> None:
        """Not in the future; somebody who writes for themselves is grown up."""
        if not field.data:
            return
        born = date.fromisoformat(field.data)
        today = now().astimezone(hospital().zone).date()
        if born > today:
            field.wrong_part = "year"
            raise StopValidation(_("This date is in the future. Look at the year again."))
        if self.answers.get("relationship") == ["self"] and age_on(born, today) < ADULT_AGE:
            field.wrong_part = "year"
            raise StopValidation(
                _(
                    "You are not 18 yet by this date. Ask a grown-up to write with you, or call us at %(phone)s: we listen.",
                    phone=shown().phone.display,
                )
            )


class TreatmentForm(PageForm):
    """Page 3: how things are, and who treats the child."""

    soft = True

    disease_situation = Choice(
        _l("How are things with the illness?"),
        (
            ("newly_diagnosed", _l("It was just found")),
            ("in_treatment_first_time", _l("In treatment for the first time")),
            ("refractory", _l("The treatment did not work")),
            ("relapse_1", _l("It came back once")),
            ("relapse_2plus", _l("It came back twice or more")),
            ("relapse_after_transplant", _l("It came back after a transplant")),
            ("remission", _l("It is gone for now")),
            ("not_cancer", _l("It is not a cancer")),
            ("not_sure", _l("I am not sure")),
        ), mark_optional=False,
    )  # fmt: skip
    interests = Checks(
        _l("What would you like to ask about?"),
        (
            ("not_sure", _l("I am not sure")), ("car_t", _l("CAR T-cell therapy")),
            ("gene_therapy", _l("Gene therapy")), ("transplant", _l("Transplant")),
            ("clinical_trial", _l("A clinical trial")), ("second_opinion", _l("A second opinion")),
        ),
    )  # fmt: skip
    treating_hospital = Text(_l("Which hospital or clinic?"))
    treating_doctor_name = Text(_l("Which doctor?"), hint=_l("“Not sure” is fine."))
    treating_doctor_phone = Tel(_l("The doctor’s phone"))
    consent_contact_doctor = YesNo(
        LazyString(lambda: own_texts().wordings.contact_doctor.text),
        wording=lambda: own_texts().wordings.contact_doctor.version, hint=_l("Without your yes we do not. We still call you."),
        needed=_l("Choose yes if we may call the doctor, no if not"),
    )  # fmt: skip

    def validate_disease_situation(self, field: Choice) -> None:
        """Asked of cancers only."""
        chosen = (self.answers.get("diagnosis") or [""])[0]
        disease = hospital().disease(chosen) if chosen and field.data is None else None
        if disease is not None and disease.group in CANCERS and field.name not in self.asking.spared:
            raise Refused(_("Choose how things are, or “I am not sure”"))


class QuestionForm(PageForm):
    """Page 4: their own words, and where they live."""

    soft = True

    message = Area(_l("What would you like to ask or tell us?"), hint=_l("In any language."))
    country = Select(_l("Country"), countries)
    state = Select(LABEL_OF_PART, parts, maximum=100)
    postal_code = Text(_l("ZIP or postal code"), maximum=20, autocomplete="postal-code")
    address_confidential = YesNo(
        _l("Do we need to keep your address secret?"), hint=_l("For example in foster care, or for your safety.")
    )
    insurance_type = Choice(
        _l("What kind of insurance is there?"), insurances((
            ("commercial", _l("Through work, or bought")), ("medicaid", _l("Medicaid or CHIP")),
            ("tricare", _l("TRICARE")), ("public", _l("Public or social insurance")), ("none", _l("None")),
            ("self_pay_international", _l("We live abroad and pay ourselves")),
            ("other_international", _l("Insurance in another country")), ("not_sure", _l("Not sure")),
        )), also=OF_SOME_COUNTRY,
    )  # fmt: skip
    how_heard = Text(_l("How did you hear about us?"))

    def validate_postal_code(self, field: Text) -> None:
        """Five digits in the United States; anything elsewhere."""
        digits = (field.data or "").replace("-", "").replace(" ", "")
        at_home = self.answers.get("country") == ["US"]
        if field.data and at_home and not (digits.isdigit() and len(digits) in {5, 9}):
            raise StopValidation(_("Write the ZIP code with five digits"))


class PermissionForm(PageForm):
    """On the check page: may we write or call."""

    consent_contact_me = Agree(
        LazyString(lambda: own_texts().wordings.contact_me.text),
        wording=lambda: own_texts().wordings.contact_me.version,
        needed=_l("Tick the box, so that we may call or write to you"),
    )  # fmt: skip


class SaidPermissionForm(PageForm):
    """The same, where somebody was asked by phone, or wrote a fax or an email. Unanswered means that nobody asked."""

    consent_contact_me = YesNo(
        LazyString(lambda: own_texts().wordings.contact_me.text),
        wording=lambda: own_texts().wordings.contact_me.version,
        hint=READ_OUT,
    )
