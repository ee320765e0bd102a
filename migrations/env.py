"""How migrations run: on the app's own engine, in batch mode on SQLite, one transaction for each."""

from __future__ import annotations

from alembic import context
from flask import current_app

from app.cases.guard import Exempt, writing
from app.core.database import Base, db

context_options = {
    "target_metadata": Base.metadata,
    "render_as_batch": True,
    "compare_type": True,
    "transaction_per_migration": True,
}


def run() -> None:
    """Run online: the only way here."""
    with db.engine.connect() as connection:
        context.configure(connection=connection, **context_options)
        with context.begin_transaction(), writing(Exempt.MIGRATED):
            context.run_migrations()


assert current_app is not None  # noqa: S101  Flask-Migrate runs this inside an app context
run()
