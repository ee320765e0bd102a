"""Reference numbers that can be read over the phone: 40 random bits and a check character, like 7KQ4-M2XH-9.

The check is computed in the field of 32 elements, so every wrong character and every swap of two is caught.
"""

from __future__ import annotations

import re
import secrets
import unicodedata

# No I, L, O, U: they are read and heard as others.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
HEARD_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
MODULUS = 0b100101  # x^5 + x^2 + 1, primitive over two elements


def times(left: int, right: int) -> int:
    """Multiply in the field of 32 elements."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & 0b100000:
            left ^= MODULUS
        right >>= 1
    return product


def powers() -> tuple[int, ...]:
    """A different non-zero weight for each place."""
    weights, weight = [], 1
    for _place in range(LENGTH + 1):
        weights.append(weight)
        weight = times(weight, 2)
    return tuple(weights)


WEIGHTS = powers()
# The check character's own weight is 1 (the first power), so that it is the sum of the others.
PRODUCTS = tuple(tuple(times(value, weight) for value in range(32)) for weight in WEIGHTS[1:])
GROUPED = re.compile(r"[0-9A-Za-z]{4}[-\u2010\u2011\s][0-9A-Za-z]{4}[-\u2010\u2011\s][0-9A-Za-z]")
VALUE = {letter: value for value, letter in enumerate(ALPHABET)}


def check_character(body: str) -> str:
    """The character that makes a body of eight whole."""
    total = 0
    for place, letter in enumerate(body):
        total ^= PRODUCTS[place][VALUE[letter]]
    return ALPHABET[total]


def new_reference() -> str:
    """Eight random characters and their check, in groups of four."""
    bits = secrets.randbits(5 * LENGTH)
    body = "".join(ALPHABET[bits >> 5 * place & 31] for place in range(LENGTH))
    return f"{body[:4]}-{body[4:]}-{check_character(body)}"


def is_mistyped(text: str) -> bool:
    """Whether a text stands in groups as a reference does, and its check does not hold."""
    grouped = GROUPED.fullmatch(text.strip()) and any(letter.isdigit() for letter in text)
    return bool(grouped) and parse_reference(text) is None


def parse_reference(text: str) -> str | None:
    """Forgiving about case, spaces, dashes and letters that look like digits; None when the check does not hold."""
    upper = unicodedata.normalize("NFKC", text).upper().translate(HEARD_AS)
    letters = "".join(letter for letter in upper if letter.isalnum())
    if len(letters) != LENGTH + 1 or any(letter not in VALUE for letter in letters):
        return None
    body, check = letters[:LENGTH], letters[LENGTH]
    return f"{body[:4]}-{body[4:]}-{check}" if check_character(body) == check else None
