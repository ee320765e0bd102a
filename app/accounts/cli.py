"""`flask users`: people are added, disabled and given passwords at the console; every act is in the trail."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NoReturn

import click
from flask.cli import AppGroup

from app.accounts.models import User
from app.accounts.queries import list_users
from app.accounts.service import add_user, disable_user, generate_password, reset_password
from app.core.actor import Role
from app.core.database import db, transaction
from app.core.errors import NotFound, Refused
from app.core.keys import ensure_house_key
from app.programs.service import hospital

PAGE = 100
users_cli = AppGroup("users", help="People of the staff: add, disable, give a new password, list.")


def password_options(command: Callable[..., None]) -> Callable[..., None]:
    """The two other ways of giving a password than being asked for it."""
    command = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")(command)
    return click.option("--generate", is_flag=True, help="Make a password and print it once.")(command)


@users_cli.command("add")
@click.argument("email")
@click.option("--name", required=True, help="The person's name, as colleagues say it.")
@click.option("--grant", "granted", multiple=True, required=True, help="PROGRAM:ROLE; may be given several times.")
@click.option("--languages-read", default="", help="Languages that the person reads, such as es,pt.")
@password_options
def add_command(
    email: str,
    name: str,
    granted: tuple[str, ...],
    languages_read: str,
    *,
    password_stdin: bool,
    generate: bool,
) -> None:
    """Make an account for one person."""
    ensure_house_key()
    grants = read_grants(granted)
    password = read_password(password_stdin=password_stdin, generate=generate)
    try:
        with transaction() as session:
            user = add_user(
                session,
                email=email,
                name=name,
                password=password,
                grants=grants,
                languages_read=languages_read,
            )
    except Refused as refused:
        refuse(refused)
    click.echo(f"Added {user.email}.")
    print_once(password, generate=generate)


@users_cli.command("disable")
@click.argument("email")
def disable_command(email: str) -> None:
    """Close an account; its open cases and tasks go back to the queue."""
    try:
        with transaction() as session:
            user = disable_user(session, email=email)
    except (Refused, NotFound) as refused:
        refuse(refused)
    click.echo(f"Disabled {user.email}. The worker returns open cases and tasks to the queue.")


@users_cli.command("reset")
@click.argument("email")
@password_options
def reset_command(email: str, *, password_stdin: bool, generate: bool) -> None:
    """Give a new password; every session ends and a lock is lifted."""
    password = read_password(password_stdin=password_stdin, generate=generate)
    try:
        with transaction() as session:
            user = reset_password(session, email=email, password=password)
    except (Refused, NotFound) as refused:
        refuse(refused)
    click.echo(f"{user.email} has a new password. Every session of theirs has ended.")
    print_once(password, generate=generate)


@users_cli.command("list")
def list_command() -> None:
    """Everybody, with grants."""
    after = ""
    while users := list_users(db.session(), after=after, limit=PAGE):
        for user in users:
            click.echo(line_of(user))
        after = users[-1].email


def line_of(user: User) -> str:
    """One person in one line."""
    seen = user.last_sign_in_at.strftime("%Y-%m-%d") if user.last_sign_in_at else "never"
    held = ", ".join(sorted(f"{grant.program}:{grant.role}" for grant in user.grants)) or "no grant"
    state = "active" if user.active else "disabled"
    return f"{user.email}  {user.name}  {state}  {held}  last sign-in {seen}"


def read_grants(granted: tuple[str, ...]) -> dict[str, set[Role]]:
    """PROGRAM:ROLE pairs. A slip of the pen would grant nothing, silently: so both halves are looked up."""
    grants: dict[str, set[Role]] = {}
    known = sorted(program.code for program in hospital().programs)
    for pair in granted:
        program, _colon, role = pair.partition(":")
        if program not in known:
            message = f"There is no program '{program}'. Known: {', '.join(known)}"
            raise click.BadParameter(message, param_hint="--grant")
        if role not in set(Role):
            message = f"There is no role '{role}'. Known: {', '.join(Role)}"
            raise click.BadParameter(message, param_hint="--grant")
        grants.setdefault(program, set()).add(Role(role))
    return grants


def read_password(*, password_stdin: bool, generate: bool) -> str:
    """From standard input, made, or asked for twice."""
    if password_stdin and generate:
        message = "Use either --password-stdin or --generate."
        raise click.UsageError(message)
    if generate:
        return generate_password()
    if password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


def print_once(password: str, *, generate: bool) -> None:
    """A made password is shown now and never again."""
    if generate:
        click.echo(f"Password, shown only now: {password}")


def refuse(refused: Refused | NotFound) -> NoReturn:
    """End the command with a sentence instead of a trace."""
    raise click.ClickException(refused.message if isinstance(refused, Refused) else "There is no such account.")
