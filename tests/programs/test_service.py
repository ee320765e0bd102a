"""Versions: the newest applied folder is in force in every process; one with faults changes nothing, ever."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import make_ready
from app.audit.models import AuditRecord
from app.cases.models import Case
from app.core.database import db, transaction
from app.programs import service
from app.programs.folder import FolderRefused, files_of, unpacked
from app.programs.models import ProgramVersion
from tests.folders import edit, look_again, program
from tests.pages import Browser, words
from tests.sending import send


def home(app: Flask) -> str:
    """What a family reads."""
    look_again(app)
    return words(Browser(app.test_client()).get("/"))


def test_an_applied_folder_is_on_the_pages_of_every_process(make_app: Callable[..., Flask], folder: Path) -> None:
    one, other = make_app(), make_app()
    assert "Marisol Tennant" in home(one)
    assert "Marisol Tennant" in home(other)
    edit(folder, "hospital.yaml", "Marisol Tennant, RN", "Ottilie Barragán, RN")
    assert "Nothing differs" in program(one, "diff")
    said = program(one, "diff", str(folder))
    assert "-  name: Marisol Tennant, RN" in said
    assert "+  name: Ottilie Barragán, RN" in said
    assert "can be applied" in program(one, "check", str(folder))
    assert "is in force." in program(one, "apply", str(folder))
    assert "in force already" in program(one, "apply", str(folder))
    for app in (one, other):
        assert "Ottilie Barragán" in home(app)
    with one.app_context():
        stored = db.session.execute(select(ProgramVersion.content).order_by(ProgramVersion.applied_at.desc())).scalars()
        assert unpacked(next(iter(stored))) == files_of(folder)
        done = db.session.execute(select(func.count()).where(AuditRecord.action == "program_applied")).scalar_one()
        assert done == 1


def test_a_folder_with_faults_changes_nothing_also_over_a_restart(make_app: Callable[..., Flask], folder: Path) -> None:
    app = make_app()
    before = home(app)
    edit(folder, "hospital.yaml", "country: US", "country: USA")
    edit(folder, "labels.yaml", "confidence: high", "confidence: sure")
    for command in ("check", "apply"):
        said = program(app, command, str(folder))
        assert said.startswith("1 ")
        assert "2 to mend" in said or "labels.yaml, line" in said
    assert "Nothing was changed." in said
    assert home(app) == before
    broken = make_app(PROGRAM_DIR=str(folder))
    assert home(broken) == before, "the last good version is in force, whatever stands in the folder"


def test_a_version_that_cannot_be_read_any_more_leaves_the_last_good_one_in_force(app: Flask, folder: Path) -> None:
    before = home(app)
    edit(folder, "hospital.yaml", "Marisol Tennant, RN", "Nobody")
    program(app, "apply", str(folder))
    with app.app_context(), transaction() as session:
        newest = session.execute(
            select(ProgramVersion).order_by(ProgramVersion.applied_at.desc()).limit(1)
        ).scalar_one()
        newest.content = newest.content.replace(b"sender_name", b"sender_noun")
    assert home(app) == before


def test_a_case_names_its_version_and_its_clocks_stay(app: Flask, folder: Path) -> None:
    first = send(app)
    edit(
        folder,
        "programs/cart.yaml",
        "routine: {first_contact: 1, decision: 2}",
        "routine: {first_contact: 5, decision: 2}",
    )
    program(app, "apply", str(folder))
    look_again(app)
    Browser(app.test_client()).get("/")
    second = send(app, child_given_name="Second")
    with app.app_context():
        one, other = (
            db.session.execute(
                select(Case.program_version, Case.first_contact_due_at, Case.routed_by).where(
                    Case.reference == sent.reference
                )
            ).one()
            for sent in (first, second)
        )
        versions = set(db.session.execute(select(ProgramVersion.version)).scalars())
    assert {one.program_version, other.program_version} == versions
    assert one.first_contact_due_at < other.first_contact_due_at
    assert one.routed_by == other.routed_by == "cancer,as-asked"


def test_a_folder_that_is_not_there_says_so(app: Flask, tmp_path: Path) -> None:
    assert "no program folder here" in program(app, "check", str(tmp_path / "nothing"))
    with app.app_context(), pytest.raises(FolderRefused):
        service.from_folder(tmp_path / "nothing", service.in_force().questions())


def test_a_first_start_with_a_faulty_folder_is_refused_with_its_faults(
    make_app: Callable[..., Flask], folder: Path
) -> None:
    edit(folder, "hospital.yaml", "country: US", "country: USA")
    app = make_app(PROGRAM_DIR=str(folder))
    with app.app_context(), transaction() as session:
        session.execute(ProgramVersion.__table__.delete())
    with pytest.raises(RuntimeError, match=r"hospital\.yaml, line 9: `country`"):
        make_ready(app)
