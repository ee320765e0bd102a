"""What is measured, each as a server process of its own: the product, the product without sealing, and the floor.

The floor is the least that an honest Flask-WTF app does: 12 fields, CSRF, one ORM insert, one durable commit; and for the
desk a bare table of 50 rows with one durable insert in the same request.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
from pathlib import Path
from typing import Any

import waitress
from flask import Flask, render_template_string, request
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import DictLoader
from sqlalchemy import event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from wtforms import BooleanField, DateField, EmailField, RadioField, SelectField, StringField, TelField, TextAreaField
from wtforms.validators import Email, InputRequired, Length, Optional

from app import create_app
from app.core.database import only_transaction_commits, prepare_sqlite
from app.core.sealing import DataKey, Place
from config import Settings

THREADS = 4
# What a visitor types into the floor's twelve fields.
FLOOR_ANSWERS = {
    "given_name": "Odalys", "family_name": "Quill", "relationship": "mother", "phone": "(617) 555-0119",
    "email": "odalys@example.org", "language": "es", "interpreter": "yes", "child_name": "Itzel", "born": "2019-03-27",
    "diagnosis": "all", "message": "What can be done?", "consent": "y",
}  # fmt: skip
YES_NO = [("yes", "Yes"), ("no", "No")]
PAGE = """<!doctype html><html lang="en"><title>Form</title><main><h1>Form</h1><form method="post">{{ form.csrf_token }}
{% for field in form if field.type != 'CSRFTokenField' %}<div>{{ field.label }} {{ field }}{% for e in field.errors %}<p>{{ e }}</p>
{% endfor %}</div>{% endfor %}<button>Send</button></form></main></html>"""
TABLE = """<!doctype html><html lang="en"><title>Queue</title><main><h1>Queue</h1><table>{% for r in rows %}<tr><td>{{ r.given_name }}
</td><td>{{ r.diagnosis }}</td><td>{{ r.phone }}</td><td>{{ r.language }}</td><td>{{ r.email }}</td></tr>{% endfor %}</table></main></html>"""


class Base(DeclarativeBase):
    """The floor's tables."""


class Row(Base):
    """Twelve answers, as typed."""

    __tablename__ = "row"
    id: Mapped[int] = mapped_column(primary_key=True)
    given_name: Mapped[str]
    family_name: Mapped[str]
    relationship: Mapped[str]
    phone: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    interpreter: Mapped[str]
    child_name: Mapped[str]
    born: Mapped[str]
    diagnosis: Mapped[str]
    message: Mapped[str]
    consent: Mapped[bool]


class Seen(Base):
    """The floor's audit record."""

    __tablename__ = "seen"
    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str]


class FloorForm(FlaskForm):  # type: ignore[misc]  # no types there
    """Twelve fields with the usual validators."""

    given_name = StringField("First name", [InputRequired(), Length(max=100)])
    family_name = StringField("Last name", [Length(max=100)])
    relationship = SelectField("You are", choices=[(name, name) for name in ("mother", "father", "other")])
    phone = TelField("Phone", [InputRequired(), Length(max=40)])
    email = EmailField("Email", [Optional(), Email(check_deliverability=False)])
    language = SelectField("Language", choices=[(name, name) for name in ("en", "es", "zh", "ar", "vi", "ht")])
    interpreter = RadioField("Interpreter", choices=YES_NO, validators=[InputRequired()])
    child_name = StringField("Child", [InputRequired(), Length(max=100)])
    born = DateField("Born", [InputRequired()])
    diagnosis = SelectField("Diagnosis", choices=[(name, name) for name in ("all", "nhl", "sickle_cell", "not_sure")])
    message = TextAreaField("Message", [Length(max=4000)])
    consent = BooleanField("Consent", [InputRequired()])


def floor(folder: Path, url: str) -> Flask:
    """The floor, with the product's durable settings."""
    event.remove(Session, "before_commit", only_transaction_commits)  # the product's guard watches every session
    app = Flask("floor")
    app.jinja_loader = DictLoader({"page.html": PAGE, "table.html": TABLE})
    app.config.update(SECRET_KEY="floor", SQLALCHEMY_DATABASE_URI=url or f"sqlite:///{folder / 'floor.sqlite'}")
    db = SQLAlchemy(model_class=Base)
    db.init_app(app)
    CSRFProtect(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", prepare_sqlite)
            event.listen(db.engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        db.create_all()
    page, table = app.jinja_env.get_template("page.html"), app.jinja_env.get_template("table.html")

    @app.route("/form", methods=["GET", "POST"])
    def form() -> Any:
        made = FloorForm()
        if request.method == "POST" and made.validate():
            values = {name: value for name, value in made.data.items() if name != "csrf_token"}
            db.session.add(Row(**{**values, "born": str(values["born"])}))
            db.session.commit()
            return "thanks"
        return page.render(form=made)

    @app.get("/table")
    def rows() -> Any:
        found = db.session.execute(select(Row).order_by(Row.id).limit(50)).scalars().all()
        shown = table.render(rows=found)
        db.session.add(Seen(what="table"))
        db.session.commit()
        return shown

    @app.get("/nothing")
    def nothing() -> Any:
        return render_template_string("ok")

    return app


def without_sealing() -> None:
    """A null cipher, here and nowhere else: the product has no such setting."""
    DataKey.seal = lambda self, value, at: self.id.bytes + value  # type: ignore[assignment,method-assign]  # noqa: ARG005
    DataKey.unseal = unsealed  # type: ignore[method-assign]


def unsealed(_key: DataKey, sealed: bytes, at: Place) -> bytes:  # noqa: ARG001
    """What stands there."""
    return sealed[16:]


def product(folder: Path, url: str) -> Flask:
    """The product over a prepared instance folder, limits off."""
    off = dict.fromkeys(
        ("LIMIT_DRAFT_POSTS", "LIMIT_ADDRESS_POSTS", "LIMIT_ADDRESS_STARTS", "MINIMUM_FILL_SECONDS"), "0"
    )
    return create_app(
        Settings.from_environment({"INSTANCE_DIR": str(folder), "DATABASE_URL": url, "LOG_LEVEL": "INFO", **off})
    )


def main() -> None:
    """Serve one target until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("target", choices=["product", "unsealed", "floor"])
    parser.add_argument("--instance", type=Path, required=True)
    parser.add_argument("--url", default="")
    parser.add_argument("--port", type=int, required=True)
    given = parser.parse_args()
    if given.target == "unsealed":
        without_sealing()
    app = floor(given.instance, given.url) if given.target == "floor" else product(given.instance, given.url)
    print(json.dumps({"sqlite": sqlite3.sqlite_version}), flush=True)
    waitress.serve(
        app,
        host="127.0.0.1",
        port=given.port,
        threads=THREADS,
        connection_limit=1000,
        channel_timeout=7200,
        _quiet=True,
    )


if __name__ == "__main__":
    main()
