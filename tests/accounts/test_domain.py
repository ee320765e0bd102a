"""Rules of passwords, sessions, addresses and paths, over their whole domain."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.accounts.domain import (
    Ended,
    PasswordFault,
    SignedIn,
    normalise_email,
    own_path,
    password_fault,
    session_end,
)

AT = datetime(2030, 1, 7, 15, 0, tzinfo=UTC)
IDLE, ABSOLUTE = timedelta(minutes=15), timedelta(hours=12)
OWN = ("Ana Ribeiro", "ana.ribeiro@example.org", "wrenfield")


@pytest.mark.parametrize(
    "password",
    [
        "violet tandem marmalade",
        "correct horse battery staple",
        "5820 4419 7736 0285",
        "我们在湖边看见两只白色的鸟飞过去了",
    ],
)
def test_a_long_password_of_one_s_own_is_taken_without_rules_of_composition(password: str) -> None:
    assert password_fault(password, OWN) is None


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", PasswordFault.SHORT),
        ("x9$Kq2!vB7#mZ4", PasswordFault.SHORT),
        ("correct horse " * 40, PasswordFault.LONG),
        ("passwordpassword", PasswordFault.GUESSABLE),
        ("WrenfieldHospital2024!", PasswordFault.GUESSABLE),
        ("ana.ribeiro@example.org", PasswordFault.GUESSABLE),
        ("Ribeiro-Wrenfield-1984", PasswordFault.GUESSABLE),
        ("aaaaaaaaaaaaaaaaaaaa", PasswordFault.GUESSABLE),
        ("123456789012345", PasswordFault.GUESSABLE),
        ("qwertyuiopasdfghjkl", PasswordFault.GUESSABLE),
        ("               ", PasswordFault.GUESSABLE),
    ],
)
def test_a_short_or_guessable_password_is_refused(password: str, fault: PasswordFault) -> None:
    assert password_fault(password, OWN) is fault


@given(st.text(max_size=14))
def test_fewer_than_fifteen_characters_are_always_too_short(password: str) -> None:
    assert password_fault(password, ()) is PasswordFault.SHORT


@given(st.emails())
def test_an_address_is_kept_in_one_spelling(address: str) -> None:
    kept = normalise_email(address)
    assert normalise_email(f"  {address.upper().lower()} ") == kept
    assert normalise_email(kept) == kept


@given(st.timedeltas(timedelta(0), timedelta(days=2)), st.timedeltas(timedelta(0), timedelta(days=2)))
def test_a_session_lives_while_it_is_young_and_used(age: timedelta, unused: timedelta) -> None:
    state = SignedIn(uuid.uuid4(), "u", AT - age, AT - unused)
    alive = age < ABSOLUTE and unused < IDLE
    assert (session_end(state, AT, IDLE, ABSOLUTE) is None) is alive


def test_the_end_has_a_reason() -> None:
    old = SignedIn(uuid.uuid4(), "u", AT - ABSOLUTE, AT)
    idle = SignedIn(uuid.uuid4(), "u", AT - IDLE, AT - IDLE)
    assert session_end(old, AT, IDLE, ABSOLUTE) is Ended.ABSOLUTE
    assert session_end(idle, AT, IDLE, ABSOLUTE) is Ended.IDLE


def test_a_clock_that_was_set_back_ends_no_session() -> None:
    state = SignedIn(uuid.uuid4(), "u", AT + timedelta(hours=1), AT + timedelta(hours=1))
    assert session_end(state, AT, IDLE, ABSOLUTE) is None


@given(st.text(alphabet=st.one_of(st.sampled_from("/\\:@?#.%\t\n evil"), st.characters()), max_size=40))
@example("//evil.example")
@example("/\\evil.example")
@example("/\t/evil.example")
@example("https://evil.example/desk")
@example("javascript:alert(1)")
@example("/%2F/evil.example")
@example("/@evil.example")
def test_a_path_never_leads_to_another_host(typed: str) -> None:
    path = own_path(typed)
    if path is not None:
        target = urlsplit(urljoin("https://intake.example.org/sign-in", path))
        assert (target.scheme, target.netloc) == ("https", "intake.example.org")


@pytest.mark.parametrize("path", ["/desk", "/desk/cases/7KQ4-M2XH-9?tab=notes", "/"])
def test_a_path_of_this_site_is_kept(path: str) -> None:
    assert own_path(path) == path
