"""Load the key ring and the installation's id at start-up; `flask keys init` makes the first master key."""

from __future__ import annotations

import secrets
import uuid
from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from app.core.database import transaction
from app.core.files import write_once
from app.core.sealing import KeyRing, derive_from_master, read_master_key, ring, write_master_key
from app.core.settings import settings
from config import Settings

keys_cli = AppGroup("keys", help="Make and look after the master key.")


def init_keys(app: Flask, given: Settings) -> None:
    """Give the app its ring and its cookie secret; without a master key only commands can run."""
    app.extensions["instance_id"] = read_instance_id(given)
    try:
        master = read_master_key(given)
    except RuntimeError:
        app.extensions["key_ring"] = None
        app.secret_key = secrets.token_bytes(32)
    else:
        app.extensions["key_ring"] = KeyRing(master)
        app.secret_key = derive_from_master(master, "session cookies v1")
    app.cli.add_command(keys_cli)


def read_instance_id(given: Settings) -> uuid.UUID:
    """From INSTANCE_ID, else from a file made once: a database copied elsewhere meets another id there."""
    if given.instance_id:
        return uuid.UUID(given.instance_id)
    path = Path(given.instance_dir) / "instance.id"
    write_once(path, f"{uuid.uuid4()}\n")
    return uuid.UUID(path.read_text().strip())


@keys_cli.command("init")
def init_command() -> None:
    """Make the master key file, unless there is one."""
    write_master_key(settings().master_key_file)
    click.echo(f"The master key is in {settings().master_key_file}. Keep a copy apart from the database's backups.")


def ensure_house_key() -> None:
    """Make the house's key after the first migration."""
    with transaction() as session:
        ring().ensure_house(session)
