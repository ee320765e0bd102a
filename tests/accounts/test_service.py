"""People come, get a new password, and go; what an account of the demonstration may never do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask_security import verify_password
from sqlalchemy import select

from app.accounts.models import User
from app.accounts.queries import find_actor, find_user, list_users, workers_of
from app.accounts.service import (
    add_user,
    disable_user,
    generate_password,
    refuse_demo_accounts,
    reset_password,
)
from app.core.actor import Permission, Role
from app.core.clock import now
from app.core.database import db, transaction
from app.core.errors import NotFound, Refused
from app.core.jobs import Job

ANA = "ana.ribeiro@example.org"
NEW = "another violet marmalade"


def test_a_password_is_kept_as_argon2id_only(staffed: Flask) -> None:
    with staffed.app_context():
        user = find_user(db.session(), ANA)
        assert user is not None
        assert user.password.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_grants_are_folded_into_one_actor(staffed: Flask) -> None:
    with staffed.app_context(), transaction() as session:
        user = add_user(
            session, email="Mia.Chen@example.org ", name=" Mia Chen ", password=NEW,
            grants={"cart": [Role.COORDINATOR, Role.MANAGER], "transplant": [Role.CLINICIAN_REVIEWER]},
        )  # fmt: skip
        actor = find_actor(session, user.id, user.fs_uniquifier, now())
    assert actor is not None
    assert (user.email, actor.name) == ("mia.chen@example.org", "Mia Chen")
    assert actor.programs_with(Permission.REVIEW_CASES) == ("transplant",)
    assert actor.programs_with(Permission.REOPEN_DECEASED) == ("cart",)


def test_a_person_without_grants_may_nothing(staffed: Flask) -> None:
    with staffed.app_context(), transaction() as session:
        user = add_user(session, email="x@example.org", name="X", password=NEW, grants={})
        actor = find_actor(session, user.id, user.fs_uniquifier, now())
    assert actor is not None
    assert not any(actor.may(permission) for permission in Permission)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "Ana.Ribeiro@example.org"}, "email"),
        ({"email": "no address"}, "email"),
        ({"email": "a\0b@example.org"}, "email"),
        ({"name": " "}, "name"),
        ({"name": "n" * 101}, "name"),
        ({"name": "n\0n"}, "name"),
        ({"password": "too short"}, "password"),
        ({"password": "cart-Transplant-2026"}, "password"),
        ({"password": "nul \0 in the middle of it"}, "password"),
    ],
)
def test_what_will_not_do_is_refused_beside_its_field(staffed: Flask, change: dict[str, str], field: str) -> None:
    given: dict[str, Any] = {"email": "new@example.org", "name": "New", "password": NEW, **change}
    with staffed.app_context(), pytest.raises(Refused) as refused, transaction() as session:
        add_user(session, grants={"cart": [Role.COORDINATOR]}, **given)
    assert refused.value.field == field


def test_disabling_returns_the_work_in_the_same_transaction(staffed: Flask) -> None:
    with staffed.app_context():
        with transaction() as session:
            user = disable_user(session, email=ANA)
        jobs = db.session.execute(select(Job.kind, Job.subject_id)).all()
        assert jobs == [("release_cases", user.id)]
        assert find_actor(db.session(), user.id, user.fs_uniquifier, now()) is None
        assert ANA not in {person.name for person in workers_of(db.session(), ["cart"])}
        with pytest.raises(Refused), transaction() as session:
            disable_user(session, email=ANA)


def test_a_disabling_that_does_not_commit_leaves_no_job(staffed: Flask) -> None:
    with staffed.app_context():
        with pytest.raises(ZeroDivisionError), transaction() as session:
            disable_user(session, email=ANA)
            raise ZeroDivisionError
        assert db.session.execute(select(Job.id)).all() == []
        assert db.session.execute(select(User.active).where(User.email == ANA)).scalar_one() is True


def test_only_active_people_with_the_right_role_can_be_given_a_case(staffed: Flask) -> None:
    with staffed.app_context():
        assert [person.name for person in workers_of(db.session(), ["cart"])] == ["Ana Ribeiro", "Ben Okafor"]
        assert workers_of(db.session(), ["transplant"]) == []


def test_people_are_listed_page_by_page(staffed: Flask) -> None:
    with staffed.app_context():
        first = list_users(db.session(), limit=2)
        rest = list_users(db.session(), after=first[-1].email, limit=2)
        assert [user.email.split("@")[0] for user in first + rest] == [
            "ada.lindqvist",
            "ana.ribeiro",
            "ben.okafor",
        ]


def test_a_new_password_replaces_the_old_one_and_opens_the_lock(staffed: Flask, browser: Any) -> None:
    for _try in range(10):
        browser.sign_in(password="wrong wrong wrong 12")
    with staffed.app_context(), transaction() as session:
        reset_password(session, email=ANA, password=NEW)
    assert browser.sign_in().status_code == 401
    assert browser.sign_in(password=NEW).status_code == 303


def test_an_unknown_person_is_not_found(staffed: Flask) -> None:
    with staffed.app_context(), pytest.raises(NotFound), transaction() as session:
        disable_user(session, email="nobody@example.org")


def test_a_made_password_follows_the_rules(staffed: Flask) -> None:
    with staffed.app_context(), transaction() as session:
        made = {generate_password() for _ in range(50)}
        assert len(made) == 50
        reset_password(session, email=ANA, password=made.pop())


def test_letters_of_one_look_are_one_password(staffed: Flask, browser: Any) -> None:
    with staffed.app_context():
        with transaction() as session:
            reset_password(session, email=ANA, password="caf\u00e9 marmalade tandem")
        user = find_user(db.session(), ANA)
        assert user is not None
        assert verify_password("caf\u00e9 marmalade tandem", user.password)
    assert browser.sign_in(password="cafe\u0301 marmalade tandem").status_code == 303


def test_accounts_of_the_demonstration_stop_a_start_for_real_families(staffed: Flask) -> None:
    settings = staffed.extensions["settings"]
    real = replace(settings, demo=False, public_url="https://intake.example.org")
    with staffed.app_context():
        refuse_demo_accounts(db.session(), real)
        with transaction() as session:
            add_user(session, email="d@example.org", name="D", password=NEW, grants={}, demo=True)
        refuse_demo_accounts(db.session(), replace(real, public_url="http://127.0.0.1:8000"))
        refuse_demo_accounts(db.session(), replace(real, demo=True))
        with pytest.raises(RuntimeError, match="demonstration"):
            refuse_demo_accounts(db.session(), real)
