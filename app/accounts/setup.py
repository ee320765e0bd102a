"""Flask-Security, made to follow the house: it hashes and signs in, it never commits, and it brings no pages.

None of its views is registered (see signing_in.py): its open sign-up, recovery and change pages do not exist.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from flask import Flask, request
from flask_security import RoleMixin, Security, SQLAlchemyUserDatastore, hash_password

from app.accounts.cli import users_cli
from app.accounts.models import User
from app.accounts.routes import sign_in, sign_out
from app.accounts.signing_in import NOBODYS_HASH
from app.audit.domain import Action
from app.audit.service import record
from app.core.database import db, transaction
from app.core.errors import NotAllowed
from app.web.access import current_actor
from app.web.errors import friendly

# OWASP's floor for argon2id. With more memory a burst of sign-ins would exhaust a small machine.
ARGON2ID = {
    "argon2__type": "ID",
    "argon2__memory_cost": 19_456,
    "argon2__time_cost": 2,
    "argon2__parallelism": 1,
}
COOKIE_READABLE = timedelta(days=7)


class NoRole(RoleMixin):
    """Flask-Security insists on a model of roles. Ours are grants per program: this one has no table."""


class FlushingDatastore(SQLAlchemyUserDatastore):
    """The library's store of users, without its commits: `transaction()` holds the only one."""

    def commit(self) -> None:
        """Send to the database, inside the transaction of whoever opened one."""
        self.db.session.flush()


def init_accounts(app: Flask) -> None:
    """Join Flask-Security, the commands and the sign-in form's own check of its token. After CSRFProtect."""
    app.config.update(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  # nosec B106
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        # No second hash under a site-wide secret: turning the master key must not lock everybody out.
        SECURITY_PASSWORD_SINGLE_HASH={"argon2"},
        SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS=ARGON2ID,
        SECURITY_PASSWORD_NORMALIZE_FORM="NFKC",  # noqa: S106  # nosec B106
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_DEFAULT_REMEMBER_ME=False,
        SECURITY_CLI_USERS_NAME=None,
        SECURITY_CLI_ROLES_NAME=None,
        SESSION_PROTECTION=None,
        # Sessions end by their own instants (sessions.py). The cookie stays readable for longer, so that what
        # was being typed on an abandoned evening still finds its writer in the morning.
        PERMANENT_SESSION_LIFETIME=COOKIE_READABLE,
    )
    security = Security(app, FlushingDatastore(db, User, NoRole), register_blueprint=False)
    # The guard's Actor is the only identity. The library's own readers would ask the database in every
    # rendered page, and would accept a session that is idle or too old, a token, or a remember-me cookie.
    security.login_manager.user_loader(nobody)
    security.login_manager.request_loader(nobody)
    security.principal.identity_loaders.clear()
    with app.app_context():
        app.extensions[NOBODYS_HASH] = hash_password(secrets.token_urlsafe(24))
    for view in (sign_in, sign_out):  # they look at the token themselves, and lose nothing when it is stale
        app.extensions["csrf"].exempt(view)
    app.register_error_handler(NotAllowed, on_refusal)
    app.cli.add_command(users_cli)


def on_refusal(_error: Exception) -> tuple[str, int]:
    """Somebody of the staff asked for what they may not have: the answer is a page, and it goes on the trail."""
    actor = current_actor()
    if actor.id is not None:
        with transaction() as session:
            record(session, actor, Action.REFUSED, subject_kind="page", outcome="refused", detail=request.endpoint)
    return friendly(403)


def nobody(_asked: object) -> None:
    """Flask-Login's question for a user: never answered."""
