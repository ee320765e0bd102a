"""Phone numbers: what could be one is taken, what was typed is kept; shown in the usual way where it can be."""

from __future__ import annotations

import phonenumbers


def parse(typed: str, country: str) -> phonenumbers.PhoneNumber | None:
    """The number when it is possible (not: valid) in the country or with its own country code."""
    try:
        number = phonenumbers.parse(typed, country)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def is_possible(typed: str, country: str | None, home: str) -> bool:
    """Whether this could be dialed from the hospital's country, `home`. Another country's is believed by its length."""
    if parse(typed, country or home) is not None:
        return True
    digits = sum(letter.isdigit() for letter in typed)
    return country not in {None, "", home} and 6 <= digits <= 15


def shown(typed: str, country: str | None, home: str) -> str:
    """As people read it: nationally for the program's country, else with the country code."""
    number = parse(typed, country or home)
    if number is None:
        return typed
    style = phonenumbers.PhoneNumberFormat
    near = number.country_code == phonenumbers.country_code_for_region(home)
    return phonenumbers.format_number(number, style.NATIONAL if near else style.INTERNATIONAL)


def uri(typed: str, country: str | None, home: str) -> str:
    """For a tel: link."""
    number = parse(typed, country or home)
    if number is None:
        return "tel:" + "".join(letter for letter in typed if letter.isdigit() or letter == "+")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.RFC3966).replace(";ext=", ",")
