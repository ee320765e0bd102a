"""Phone numbers: what could be one is taken, what was typed is kept; shown in the usual way where it can be."""

from __future__ import annotations

import phonenumbers


def parse(typed: str, country: str = "US") -> phonenumbers.PhoneNumber | None:
    """The number when it is possible (not: valid) in the country or with its own country code."""
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def is_possible(typed: str, country: str | None) -> bool:
    """Whether this could be dialed. Without a known country a foreign-looking number is believed."""
    if parse(typed, country or "US") is not None:
        return True
    digits = sum(letter.isdigit() for letter in typed)
    return country not in {None, "", "US"} and 6 <= digits <= 15


def shown(typed: str, country: str | None = None) -> str:
    """As people read it: nationally for the program's country, else with the country code."""
    number = parse(typed, country or "US")
    if number is None:
        return typed
    style = phonenumbers.PhoneNumberFormat
    home = number.country_code == 1
    return phonenumbers.format_number(number, style.NATIONAL if home else style.INTERNATIONAL)


def uri(typed: str, country: str | None = None) -> str:
    """For a tel: link."""
    number = parse(typed, country or "US")
    if number is None:
        return "tel:" + "".join(letter for letter in typed if letter.isdigit() or letter == "+")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.RFC3966).replace(";ext=", ",")
