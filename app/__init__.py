"""Joins the rooms: one factory in a few named steps, and the dict of job handlers."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta

from flask import Flask
from flask_migrate import Migrate

from app.accounts.models import User
from app.audit.models import AuditRecord
from app.cases.models import Case
from app.cases.models_work import Event
from app.core.database import db, init_database
from app.core.jobs import Handler
from app.core.keys import init_keys
from app.core.limits import LimitCounter
from app.core.logs import init_logs
from app.drafts.models import DraftRow
from app.records.models import File
from config import ROOT, Settings

TABLES = (User, AuditRecord, Case, Event, LimitCounter, DraftRow, File)

JOB_HANDLERS: Mapping[str, Handler] = {}


def create_app(settings: Settings | None = None) -> Flask:
    """Make the app. Nothing is read from the environment but by `Settings`."""
    settings = settings or Settings.from_environment(os.environ)
    app = Flask("app", root_path=str(ROOT / "app"), template_folder=str(ROOT / "templates"))
    app.extensions["settings"] = settings
    configure(app, settings)
    init_logs(settings)
    init_database(app, settings)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    init_keys(app, settings)
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Cookies, body limits and template behaviour, from the settings."""
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if settings.https else "session",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.absolute_hours),
        MAX_CONTENT_LENGTH=settings.max_form_bytes,
        MAX_FORM_MEMORY_SIZE=settings.max_form_bytes,
        MAX_FORM_PARTS=settings.max_form_fields,
        WTF_CSRF_TIME_LIMIT=None,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
