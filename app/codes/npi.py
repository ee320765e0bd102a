"""The National Provider Identifier's check digit (Luhn over 80840 and the number). Proves typing only."""

from __future__ import annotations

import re
from enum import StrEnum

PREFIX = "80840"
LENGTH = 10


class NpiFault(StrEnum):
    """What is wrong with a number that was typed."""

    LENGTH = "length"
    FIRST_DIGIT = "first_digit"
    CHECK_DIGIT = "check_digit"


def check(typed: str) -> NpiFault | None:
    """None when the number can be one."""
    digits = re.sub(r"[\s\-]", "", typed)
    if not digits.isascii() or not digits.isdigit() or len(digits) != LENGTH:
        return NpiFault.LENGTH
    if digits[0] not in "12":
        return NpiFault.FIRST_DIGIT
    return None if luhn(PREFIX + digits) else NpiFault.CHECK_DIGIT


def luhn(digits: str) -> bool:
    """Whether the last digit fits the others."""
    total = 0
    for place, letter in enumerate(reversed(digits)):
        value = int(letter) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
