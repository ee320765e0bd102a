"""Drawn cases: through the doors' own rules, none twice, going on where they stopped."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.cases.domain import Kind, Marker
from app.cases.models import Case, Submission
from app.cases.models_work import Event
from app.core.clock import now
from app.core.database import db
from app.core.jobs import Job
from app.programs.service import hospital
from app.samples import load
from app.samples.demo import ACCOUNTS, DRAWN, prepare
from app.samples.items import items
from app.samples.people import person
from app.web.fields import cleaned_of
from config import Settings
from tests.conftest import MONDAY, build, close


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of four."""
    monkeypatch.setattr(load, "BATCH", 4)


def generate(app: Flask, cases: int, seed: str = "1", batches: int | None = None) -> None:
    """As the command does; `batches`: stopped after so many."""
    with app.test_request_context():
        for _done in islice(load.generate(hospital(), cases, seed, now(), {}), batches):
            pass
        db.session.remove()


def cases_of(app: Flask) -> list[tuple[str, Any]]:
    """Every case."""
    with app.app_context():
        rows = db.session.execute(select(Submission.key, Case.received_at).join(Case)).all()
        assert db.session.execute(select(func.count()).select_from(Case)).scalar_one() == len(rows)
        assert db.session.execute(select(func.count()).select_from(Job)).scalar_one() == 0
    return sorted((str(row[0]), row[1]) for row in rows)


def test_a_run_that_was_stopped_goes_on_without_doubles(app: Flask, clock: Any, small: None) -> None:
    generate(app, 14, batches=2)
    begun = cases_of(app)
    assert len(begun) == 8
    clock.shift(timedelta(days=1))
    generate(app, 14)
    whole = cases_of(app)
    assert len(whole) == 14
    assert set(begun) <= set(whole)
    generate(app, 14)
    assert cases_of(app) == whole


def test_more_may_be_asked_for_later_and_another_seed_makes_others(app: Flask, clock: Any, small: None) -> None:
    generate(app, 6)
    generate(app, 11)
    assert len(cases_of(app)) == 11
    generate(app, 3, seed="2")
    assert len(cases_of(app)) == 14


def test_every_drawn_case_is_marked_and_has_its_timeline(app: Flask, small: None) -> None:
    generate(app, 12)
    with app.app_context():
        assert db.session.execute(select(Submission.marker).distinct()).scalars().all() == [Marker.DEMO]
        without = select(Case.id).where(~select(Event.id).where(Event.case_id == Case.id).exists())
        assert db.session.execute(without).all() == []


@pytest.mark.parametrize("make_app", ["sqlite"], indirect=True)
def test_drawn_answers_are_read_as_the_forms_read_them(app: Flask, clock: Any) -> None:
    kinds = set()
    with app.test_request_context():
        for number in range(40):
            drawn = person(Random(f"forms:{number}"), MONDAY)
            forms = [form(drawn.answers, drawn.answers) for form in load.FORMS[drawn.kind]]
            assert all([form.validate() for form in forms]), [form.errors for form in forms]  # noqa: C419
            cleaned = cleaned_of(forms)
            read = load.read(drawn.kind, drawn.answers)
            assert {name: value for name, value in read.items() if value} == {name: value for name, value in cleaned.items() if value}  # fmt: skip
            kinds.add(drawn.kind)
    assert kinds == set(Kind)


def test_a_second_start_of_the_demonstration_keeps_what_is_there(tmp_path: Path, sqlite_template: Path) -> None:
    def start() -> tuple[list[str], int, str]:
        app = build(Settings.from_environment({"DEMO": "1", "INSTANCE_DIR": str(tmp_path)}))
        accounts = prepare(app, tmp_path)
        with app.app_context():
            number = db.session.execute(select(func.count()).select_from(Case)).scalar_one()
        close(app)
        return [one.password for one in accounts], number, (tmp_path / ACCOUNTS).read_text()

    (tmp_path / "master.key").write_bytes((sqlite_template / "master.key").read_bytes())
    first, second = start(), start()
    assert first == second
    assert first[1] == len(DRAWN) + len(items()[1])
    assert (tmp_path / ACCOUNTS).stat().st_mode & 0o077 == 0


def test_a_reference_that_is_taken_is_drawn_again(app: Flask) -> None:
    generate(app, 1)
    with app.app_context():
        taken = db.session.execute(select(Case.reference)).scalar_one()
        drawn = iter((taken, "0000-0000-0", taken, "0000-0001-8"))
        assert set(load.free_references(db.session(), 2, drawn.__next__)) == {"0000-0000-0", "0000-0001-8"}
