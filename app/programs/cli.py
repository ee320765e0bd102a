"""`flask program check`, `diff` and `apply`: the folder is the only source, and a fault in it changes nothing."""

from __future__ import annotations

import difflib
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.audit.domain import Action
from app.audit.service import record
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.database import db, transaction
from app.programs import service
from app.programs.folder import Files, FolderRefused, files_of, unpacked
from app.programs.models import ProgramVersion

program_cli = AppGroup("program", help="Check the program folder, compare it, put it in force.")
folder_argument = click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))


def chosen(folder: Path | None) -> Path:
    """The folder that was named, or the one of the settings."""
    return folder or service.in_force().folder


@program_cli.command("check")
@folder_argument
def check_command(folder: Path | None) -> None:
    """Read the whole folder and say every fault with its line."""
    try:
        found = service.from_folder(chosen(folder), service.in_force().questions())
    except FolderRefused as refused:
        raise click.ClickException(faults(refused)) from None
    click.echo(f"{found.folder.name}: {found.version} can be applied.")


def faults(refused: FolderRefused) -> str:
    """A line for each."""
    return "\n".join([f"{len(refused.faults)} to mend:", *(str(one) for one in refused.faults)])


@program_cli.command("diff")
@folder_argument
def diff_command(folder: Path | None) -> None:
    """What differs between the version in force and the folder, line by line."""
    newest = db.session.execute(
        select(ProgramVersion.version, ProgramVersion.content).order_by(ProgramVersion.applied_at.desc()).limit(1)
    ).one_or_none()
    before: Files = {} if newest is None else unpacked(newest.content)
    after = files_of(chosen(folder))
    lines = [line for name in sorted({*before, *after}) for line in compared(name, before, after)]
    db.session.remove()
    click.echo("\n".join(lines) if lines else "Nothing differs from the version in force.")


def compared(name: str, before: Files, after: Files) -> list[str]:
    """One file, as a unified difference."""
    old, new = (
        (files[name].decode("utf-8", "replace").splitlines() if name in files else []) for files in (before, after)
    )
    return list(difflib.unified_diff(old, new, f"in force/{name}", f"folder/{name}", lineterm=""))


@program_cli.command("apply")
@folder_argument
def apply_command(folder: Path | None) -> None:
    """Put the folder in force: every process follows within seconds. Clocks of open cases stay as they are."""
    try:
        with transaction() as session:
            found = service.apply(session, chosen(folder), now())
            if found is not None:
                record(
                    session, SYSTEM, Action.PROGRAM_APPLIED, subject_kind="program", detail={"version": found.version}
                )
    except FolderRefused as refused:
        message = f"Nothing was changed. {faults(refused)}"
        raise click.ClickException(message) from None
    click.echo(f"{found.version} is in force." if found else "This version is in force already.")
    people = service.in_force().in_use(db.session()).with_people
    for program in found.programs if found else ():
        if program.code not in people:
            click.echo(
                f"Nobody works in {program.code} yet: cases would wait unseen. Run `flask users` to let somebody in."
            )
    db.session.remove()
