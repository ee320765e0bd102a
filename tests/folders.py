"""A program folder edited in a test, and put in force as an operator does."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from app.programs import service


def edit(folder: Path, file: str, old: str, new: str) -> None:
    """Change one place."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def add(folder: Path, file: str, more: str) -> None:
    """Write something at a file's end."""
    with (folder / file).open("a", encoding="utf-8") as out:
        out.write(more)


def program(app: Flask, *arguments: str) -> str:
    """`flask program …`: what it says."""
    result = app.test_cli_runner().invoke(args=["program", *arguments])
    return f"{result.exit_code} {result.output}"


def look_again(app: Flask) -> None:
    """Let the seconds pass after which a process asks again."""
    with app.app_context():
        service.in_force().asked_at = float("-inf")


def put_in_force(app: Flask, folder: Path) -> None:
    """Apply a folder, and let the process see it."""
    said = program(app, "apply", str(folder))
    assert "is in force." in said, said
    look_again(app)
