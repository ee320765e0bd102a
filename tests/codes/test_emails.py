"""What an email address probably meant: the table is sound, and an address with nothing wrong stays alone."""

from __future__ import annotations

import pytest

from app.codes.emails import domains, probably_meant


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("gmial.com", "gmail.com"), ("Hotmial.COM", "hotmail.com"), ("yaho.com", "yahoo.com"), ("gmail.con", "gmail.com"),
        ("gmial.con", "gmail.com"), ("clinic.example.con", "clinic.example.com"), ("gmail.com", None), ("ymail.com", None),
        ("mail.com", None), ("example.org", None), ("Gmail.Com", None), ("example.co", None),
    ],
)  # fmt: skip
def test_a_mistyped_domain_is_seen_and_a_right_one_is_not(domain: str, meant: str | None) -> None:
    assert probably_meant(f"Ana.B@{domain}") == (f"Ana.B@{meant}" if meant else None)


def test_what_the_table_means_is_never_doubted_again() -> None:
    assert [one for one in domains().values() if probably_meant(f"a@{one.lstrip('.')}") is not None] == []
    assert all(typed.startswith(".") == meant.startswith(".") for typed, meant in domains().items())
