"""Questions that follow the hospital's country: phone numbers, countries and their parts, insurance, identifiers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from wtforms.validators import StopValidation

from app.codes import places
from app.codes.emails import probably_meant
from app.codes.phones import is_possible
from app.programs.service import hospital
from app.web.fields import INVISIBLE, Asked, Email, Option, Text_
from app.web.i18n import page_language

# Insurances that are one country's own; elsewhere what the state or a social fund pays is one answer.
OWN_INSURANCES = {"US": frozenset({"medicaid", "tricare"})}
ELSEWHERE = frozenset({"public"})
OF_SOME_COUNTRY = tuple(sorted(ELSEWHERE.union(*OWN_INSURANCES.values())))  # understood wherever they come from


class Tel(Asked):
    """A phone number in any spelling that could be dialed; `country_field` names the question that says where."""

    input_type = "tel"

    def __init__(self, label: Text_ = "", *, country_field: str = "country", **rest: Any) -> None:  # noqa: ANN401
        self.country_field = country_field
        super().__init__(label, maximum=40, inputmode="tel", **rest)

    def tidy(self, typed: str) -> str:
        """Pasted invisible characters go."""
        return INVISIBLE.sub("", typed).strip()

    def read(self, text: str, form: Any) -> str:  # noqa: ANN401
        """Possible is enough: the check of a number's validity is wrong abroad."""
        country = (form.answers.get(self.country_field) or [""])[0]
        if not is_possible(text, country, hospital().folder.country):
            raise StopValidation(_("Write a phone number with all its digits, with + and the country code if abroad"))
        return text


class Mail(Email):
    """An address that we write to: a domain that looks mistyped is asked about once, and taken."""

    def read(self, text: str, form: Any) -> str:  # noqa: ANN401
        """As typed."""
        address, meant = super().read(text, form), probably_meant(text)
        if meant:
            self.doubt = _(
                "Did you mean %(address)s? If what you wrote is right, press the button once more.", address=meant
            )
        return address


def countries() -> Sequence[Option]:
    """Countries in the language of the page, the hospital's own first."""
    return places.countries(page_language(), hospital().folder.country)


def parts() -> Sequence[Option]:
    """States of the hospital's country where there is a table of them; without one the question is a line."""
    return places.parts(hospital().folder.country)


def insurances(options: Sequence[Option]) -> Callable[[], Sequence[Option]]:
    """Those of the hospital's country."""

    def here() -> Sequence[Option]:
        own = OWN_INSURANCES.get(hospital().folder.country, ELSEWHERE)
        return [one for one in options if one[0] in own or one[0] not in OF_SOME_COUNTRY]

    return here


def part_label() -> str:
    """What a part of the hospital's country is called."""
    return _("State") if parts() else _("Province or state")


def number_label() -> str:
    """The sender's own number of a medical record."""
    return _("Your %(number)s", number=hospital().folder.identifiers.record_number)


def prescriber_label() -> str:
    """The number that a prescriber has here."""
    return hospital().folder.identifiers.prescriber_label


def has_npi() -> bool:
    """Whether prescribers' numbers have the check digit of an NPI."""
    return hospital().folder.identifiers.prescriber == "npi"


def call_within() -> str:
    """The promise to a practice that is in no hurry."""
    found = hospital()
    days = found.program_or_default(found.folder.default_program).promises.routine.first_contact or 1
    return ngettext("We call by the end of the next business day", "We call within %(num)s business days", days)


LABEL_OF_PART, LABEL_OF_NUMBER, LABEL_OF_PRESCRIBER, CALL_WITHIN = (
    LazyString(words) for words in (part_label, number_label, prescriber_label, call_within)
)
