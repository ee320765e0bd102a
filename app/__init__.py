"""Joins the rooms: one factory in a few named steps, and the dict of job handlers."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import inspect
from werkzeug.middleware.proxy_fix import ProxyFix

from app.accounts.models import User
from app.accounts.routes import bp as accounts_bp
from app.accounts.routes import send_to_sign_in
from app.accounts.service import refuse_demo_accounts
from app.accounts.sessions import load_actor
from app.accounts.setup import init_accounts
from app.admin import service as reminders
from app.admin.routes import bp as admin_bp
from app.audit.models import AuditRecord
from app.cases import drill, guard, letters, letters_records, message_letters, paging_steps, promise_steps, snooze
from app.cases.acts import release_cases
from app.cases.models import Case
from app.cases.models_work import Event
from app.cases.programs_in_use import programs_in_use
from app.codes.cli import codes_cli
from app.core.database import db, durability_report, init_database, refuse_careless_database
from app.core.jobs import Handler
from app.core.keys import ensure_house_key, init_keys
from app.core.limits import LimitCounter
from app.core.logs import init_logs, log
from app.core.sealing import SealBroken, ring
from app.core.worker import init_worker
from app.desk import entry_routes, file_routes
from app.desk.moved_routes import bp as desk_bp
from app.drafts.models import DraftRow
from app.drafts.service import purge_drafts
from app.follow.message_routes import bp as follow_bp
from app.follow.page_routes import bp as page_bp
from app.inquiries.routes import bp as inquiries_bp
from app.pages.routes import bp as pages_bp
from app.programs.addresses import edition, entered, phone_hours, shown
from app.programs.cli import program_cli
from app.programs.folder import FolderRefused
from app.programs.models import ProgramVersion
from app.programs.service import apply_first, hospital, init_programs, own_texts, refresh
from app.records.models import File, Upload
from app.records.moving import mail_officer
from app.records.scanning import scan_file, scan_waiting
from app.records.stores import StoreAway, store_for
from app.records.sweep import sweep_files
from app.referrals.routes import bp as referrals_bp
from app.samples.commands import init_samples
from app.samples.load import questions_asked
from app.web.access import init_access
from app.web.cookies import SignedCookies
from app.web.errors import friendly, init_errors
from app.web.headers import init_headers
from app.web.health import bp as health_bp
from app.web.i18n import init_i18n
from app.web.layout import init_layout
from app.web.limits import init_limits
from app.web.origin import init_origin
from app.web.questions import init_questions
from app.web.requests import OwnRequest
from app.web.server import init_server
from config import ROOT, Settings

TABLES = (User, AuditRecord, ProgramVersion, Case, Event, LimitCounter, DraftRow, File, Upload)
GUARDS = (guard.only_rows_inside_change, guard.only_statements_inside_change)

DOORS = (inquiries_bp, referrals_bp, *entry_routes.blueprints)  # they check their own token
ROOMS = (
    pages_bp,
    inquiries_bp,
    referrals_bp,
    follow_bp,
    page_bp,
    desk_bp,
    accounts_bp,
    admin_bp,
    health_bp,
    *entry_routes.blueprints,
)

STAFF_ROOMS = frozenset(
    room.name for room in (desk_bp, page_bp, accounts_bp, admin_bp, *entry_routes.blueprints)
)  # in the staff’s language

JOB_HANDLERS: Mapping[str, Handler] = {
    "send_receipt": letters.send_receipt,
    "mail_staff": letters.mail_staff,
    "mail_coordinator": letters.mail_coordinator,
    "send_message": message_letters.send_message,
    "send_code": message_letters.send_code,
    "page_out": paging_steps.page_out,
    "page_step": paging_steps.page_step,
    "test_page": drill.send_test_page,
    "look_at_promises": promise_steps.look_at_promises,
    "end_snooze": snooze.end_snooze,
    "mail_manager": promise_steps.mail_manager,
    "release_cases": release_cases,
    "mail_administrator": reminders.mail_administrator,
    "scan_file": scan_file,
    "mail_officer": mail_officer,
    "ask_records": letters_records.send_request,
    "chase_records": letters_records.send_request,
}

SLOW_JOBS = frozenset({"scan_file"})

# What the worker does once an hour beside its jobs.
CHORES: tuple[Callable[[], None], ...] = (
    purge_drafts,
    reminders.remind,
    drill.plan,
    sweep_files,
    scan_waiting,
    letters_records.chase,
)


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
    init_programs(app, settings.program_dir, questions_asked, programs_in_use)
    app.extensions["file_store"] = store_for(settings)
    init_web(app)
    init_accounts(app)
    init_access(app, load_actor, send_to_sign_in)
    init_worker(app, JOB_HANDLERS, SLOW_JOBS, CHORES, refresh)
    init_server(app, make_ready)
    init_samples(app, create_app)
    app.cli.add_command(program_cli)
    app.cli.add_command(codes_cli)
    for room in ROOMS:
        app.register_blueprint(room)
    return app


def make_ready(app: Flask) -> None:
    """Raise RuntimeError, with the mend, when serving would lose or show something; make the house's key if need be."""
    with app.app_context():
        ring()
        there = inspect(db.engine).get_table_names()
        if not {table.__tablename__ for table in TABLES} <= set(there):
            message = "The database is empty or of an older release: run `flask db upgrade` first."
            raise RuntimeError(message)
        refuse_careless_database(db.engine)
        refuse_demo_accounts(db.session(), app.extensions["settings"])
        ensure_house_key()
        try:
            ring().house(db.session())
        except SealBroken:
            message = "The master key is not the one that this database was sealed with. Give it back its own."
            raise RuntimeError(message) from None
        try:
            apply_first()
        except FolderRefused as refused:
            message = f"The program folder cannot be put in force:\n{refused}"
            raise RuntimeError(message) from None
        log().info("started", **durability_report(db.engine))
        db.session.remove()


def init_web(app: Flask) -> None:
    """What every page shares. Forms of the public doors check their own token, so that nothing typed is lost."""
    init_headers(app)
    init_origin(app)
    init_i18n(app, lambda: hospital().folder.languages, STAFF_ROOMS)
    init_layout(app, given, edition)
    init_questions(app)
    init_errors(app)
    app.register_error_handler(StoreAway, on_store_away)
    init_limits(app)
    protection = CSRFProtect(app)
    app.extensions["csrf"] = protection
    # A private link is the secret itself: a browser that keeps no cookie can acknowledge, and send files.
    for bare in (*DOORS, follow_bp, page_bp, file_routes.add_files):
        protection.exempt(bare)


def on_store_away(error: StoreAway) -> tuple[str, int]:
    """Files cannot be kept or read just now; nothing of them was acknowledged."""
    log().error("file_store_away", fault=str(error))
    return friendly(503)


def given() -> dict[str, Any]:
    """What every template knows of the hospital, and of the program at whose own address the page stands."""
    return {
        "hospital": shown(),
        "own": own_texts(),
        "edition": hospital().version,
        "entered": entered(),
        "phone_hours": phone_hours,
    }


def configure(app: Flask, settings: Settings) -> None:
    """Cookies, body limits and template behaviour, from the settings."""
    app.session_interface = SignedCookies()
    app.request_class = OwnRequest
    app.config.update(
        SESSION_COOKIE_NAME="__Host-session" if settings.https else "session",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.absolute_hours),
        MAX_CONTENT_LENGTH=settings.max_form_bytes,
        MAX_FORM_MEMORY_SIZE=settings.max_form_bytes,
        MAX_FORM_PARTS=settings.max_form_fields,
        MAX_FILE_BODY=settings.max_file_bytes + settings.max_form_bytes,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # it asks for a referrer, and our pages tell browsers to send none
        TEMPLATES_AUTO_RELOAD=False,
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]  # as Flask documents
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
