"""Questions that know a table: a phone number that could be dialed, an email address whose domain may be mistyped."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from wtforms.validators import StopValidation

from app.codes.emails import probably_meant
from app.codes.phones import is_possible
from app.web.fields import INVISIBLE, Asked, Email, Text_


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
        if not is_possible(text, country):
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
