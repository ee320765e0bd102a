"""`flask users`: what is printed, what is refused, what is in the trail."""

from __future__ import annotations

import re
from typing import Any

from click.testing import Result
from flask import Flask


def users(app: Flask, *arguments: str, typed: str = "") -> Result:
    """Run one command."""
    return app.test_cli_runner().invoke(args=["users", *arguments], input=typed)


ADD = (
    "add",
    "mia.chen@example.org",
    "--name",
    "Mia Chen",
    "--grant",
    "cart:manager",
    "--grant",
    "transplant:manager",
)


def test_a_person_added_with_a_made_password_can_sign_in(staffed: Flask, browser: Any) -> None:
    result = users(staffed, *ADD, "--generate")
    assert result.exit_code == 0, result.output
    made = re.search(r"shown only now: (\S+)", result.output)
    assert made is not None
    assert browser.sign_in("mia.chen", made.group(1)).status_code == 303


def test_the_password_is_asked_for_twice_or_read_from_standard_input(staffed: Flask, browser: Any) -> None:
    typed = "violet tandem marmalade\n"
    assert users(staffed, *ADD, typed=typed * 2).exit_code == 0
    result = users(staffed, "reset", "mia.chen@example.org", "--password-stdin", typed="another violet marmalade\n")
    assert result.exit_code == 0, result.output
    assert "marmalade" not in result.output
    assert browser.sign_in("mia.chen", "another violet marmalade").status_code == 303


def test_a_slip_in_a_grant_is_refused_and_names_what_there_is(staffed: Flask) -> None:
    for grant, known in (("cartt:manager", "cart, gene_therapy, transplant"), ("cart:boss", "coordinator")):
        result = users(staffed, "add", "a@example.org", "--name", "A", "--grant", grant, "--generate")
        assert result.exit_code == 2
        assert known in result.output


def test_a_refusal_is_a_sentence(staffed: Flask) -> None:
    short = users(staffed, *ADD, "--password-stdin", typed="short\n")
    assert (short.exit_code, "at least 15 characters" in short.output) == (1, True)
    assert "no such account" in users(staffed, "disable", "nobody@example.org").output
    assert users(staffed, *ADD, "--password-stdin", "--generate").exit_code == 2


def test_a_disabled_person_is_listed_as_such_and_cannot_sign_in(staffed: Flask, browser: Any, trail: Any) -> None:
    assert users(staffed, "disable", "Ana.Ribeiro@example.org").exit_code == 0
    listed = users(staffed, "list").output
    assert "ana.ribeiro@example.org  Ana Ribeiro  disabled  cart:coordinator  last sign-in never" in listed
    assert browser.sign_in().status_code == 401
    assert set(trail()) == {"user_added", "user_disabled", "sign_in_failed"}
