"""Sign in, sign out, and what happens to a request that has no session (any more)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import logout_user
from flask_wtf.csrf import validate_csrf
from werkzeug.exceptions import HTTPException
from werkzeug.urls import iri_to_uri
from wtforms.validators import ValidationError

from app.accounts.devices import make_known
from app.accounts.domain import own_path
from app.accounts.presenters import (
    HIDDEN_FIELDS,
    SIGNED_OUT,
    TYPED_WORDS,
    SignInView,
    TypedView,
    busy_words,
    dropped_view,
    ended_notice,
    kept_notice,
    refused_words,
    stale_words,
    too_long_notice,
    typed_view,
)
from app.accounts.service import end_sessions
from app.accounts.sessions import begin_session, forget_session, load_actor, read_session, session_ended
from app.accounts.signing_in import examine, settle
from app.accounts.travel import KEPT, Typed, open_typed, seal_typed
from app.core.actor import Actor, Permission
from app.core.clock import now
from app.core.database import db, transaction
from app.core.settings import settings
from app.web.access import access_of, public
from app.web.limits import count_failed_sign_in, may_sign_in
from app.web.origin import is_own, other_page

bp = Blueprint("accounts", __name__)


@bp.get("/sign-in")
@public
def sign_in_page() -> ResponseReturnValue:
    """The form; somebody who is signed in already goes on."""
    actor = load_actor()
    following = request.args.get("next", "")
    if actor.id is not None:
        return redirect(target_for(actor, following), 303)
    return show_form(
        SignInView(next=own_path(following) or "", notice=ended_notice(request.args.get("ended"), settings())),
        200,
    )


@bp.post("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """One try. Its token is checked here, not by the common guard, so that what it carries is never lost."""
    email, sealed = request.form.get("email", ""), request.form.get("typed", "")
    following = own_path(request.form.get("next", "")) or ""
    if not token_holds():
        return show_form(SignInView(email=email, next=following, typed=sealed, error=stale_words()), 400)
    if not may_sign_in():
        return show_form(SignInView(email=email, next=following, typed=sealed, error=busy_words()), 429)
    at = now()
    tried = examine(db.session(), email, request.form.get("password", ""), request.cookies)
    with transaction() as writing:
        user = settle(writing, tried, at)
    if user is None:
        count_failed_sign_in()
        return show_form(SignInView(email=email, next=following, typed=sealed, error=refused_words(settings())), 401)
    begin_session(user, at)
    actor = load_actor()
    if sealed:
        return make_known(show_typed_again(actor, open_typed(db.session(), user.id, sealed, at)), user)
    return make_known(redirect(target_for(actor, following), 303), user)


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End every session of this person. Open: a session that is over already gets the same answer."""
    actor = load_actor()
    if not token_holds():
        # Signed in anew in another tab: an error page here would leave a shared desk signed in.
        return render_template("accounts/sign_out.html", home=home_of(actor)), 400
    if actor.id is not None:
        with transaction() as writing:
            end_sessions(writing, actor, now())
        logout_user()
    forget_session()
    return redirect(url_for("accounts.sign_in_page", ended=SIGNED_OUT), 303)


def send_to_sign_in() -> ResponseReturnValue:
    """Answer a request for staff that nobody is signed in for. What a POST holds travels in the form."""
    ended = session_ended()
    notice = ended_notice(ended, settings())
    if request.method not in {"GET", "HEAD"}:
        sealed, about = carry()
        return show_form(SignInView(typed=sealed, notice=f"{notice} {about}".strip()), 401)
    if request.headers.get("Sec-Fetch-Dest") == "empty":  # a script asks: it must see that it is signed out
        return show_form(SignInView(notice=notice), 401)
    following = iri_to_uri(request.full_path.rstrip("?"))
    return redirect(url_for("accounts.sign_in_page", next=following, ended=ended), 303)


def carry() -> tuple[str, str]:
    """Seal what was typed for the person whose session it was; the sealed text and the words about it."""
    state = read_session()
    fields = typed_fields()
    if state is None or not fields or not is_own():
        return "", ""
    typed = Typed(iri_to_uri(request.full_path.rstrip("?")), fields, now())
    sealed = seal_typed(db.session(), state.user_id, typed)
    if len(sealed) > settings().max_form_bytes // 2:
        return "", too_long_notice()
    return sealed, kept_notice(int(KEPT.total_seconds()) // 60)


def typed_fields() -> tuple[tuple[str, str], ...]:
    """Every field of this request in its order, but for the token."""
    return tuple((name, value) for name, value in request.form.items(multi=True) if name not in HIDDEN_FIELDS)


def keep_what_was_typed(_error: Exception) -> ResponseReturnValue:
    """Answer a staff POST with a stale token (signed in again in another tab): a blueprint's CSRFError."""
    if not is_own():  # a site beside ours, whose posts carry our cookies, puts no words into a coordinator's mouth
        return other_page()
    actor = load_actor()
    if actor.id is None:
        return send_to_sign_in()
    typed = Typed(iri_to_uri(request.full_path.rstrip("?")), typed_fields(), now())
    view = view_of(actor, typed, signed_out=False)
    return render_template("accounts/typed_again.html", view=view), 400


def show_form(view: SignInView, status: int) -> ResponseReturnValue:
    """The sign-in page, never kept by a browser."""
    response = Response(render_template("accounts/sign_in.html", view=view), status)
    response.headers["Cache-Control"] = "no-store"
    return response


def show_typed_again(actor: Actor, typed: Typed | None) -> Response:
    """Shown as this answer and not behind a redirect: it must not stand in an address or be stored."""
    view = dropped_view(home_of(actor)) if typed is None else view_of(actor, typed, signed_out=True)
    response = Response(render_template("accounts/typed_again.html", view=view))
    response.headers["Cache-Control"] = "no-store"
    return response


def view_of(actor: Actor, typed: Typed, *, signed_out: bool) -> TypedView:
    """What was typed, in the words of the room whose form it was, while the person may use that form."""
    action, words = action_for(actor, typed.path), None
    if action is not None:
        endpoint, arguments = match(action, "POST") or ("", {})
        wording = current_app.extensions.get(TYPED_WORDS, {}).get(endpoint)
        words = wording(actor, arguments, dict(typed.fields)) if wording else None
    return typed_view(typed, signed_out=signed_out, action=action, home=home_of(actor), words=words)


def token_holds() -> bool:
    """Whether the form came from our own page, as the common guard would ask."""
    if not current_app.config.get("WTF_CSRF_ENABLED", True):
        return True
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def home_of(actor: Actor) -> str:
    """Where a person's work begins."""
    if actor.may(Permission.READ_CASES):
        return "/desk"
    if actor.may(Permission.READ_PAGED):
        return "/desk/paged"
    return "/admin" if actor.may(Permission.MANAGE_USERS) else "/"


def target_for(actor: Actor, typed: str) -> str:
    """The page that was asked for before, when it is a staff page that this person may open."""
    path = own_path(typed)
    return path if path is not None and may_open(actor, path, "GET") else home_of(actor)


def action_for(actor: Actor, typed: str) -> str | None:
    """Where what was typed may be sent: the staff page it was for, while this person may use it."""
    path = own_path(typed)
    return path if path is not None and may_open(actor, path, "POST") else None


def match(path: str, method: str) -> tuple[str, Mapping[str, Any]] | None:
    """The view of a path of this site, and what the path says."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return None
    try:
        return adapter.match(unquote(urlsplit(path).path), method=method)
    except HTTPException:
        return None


def may_open(actor: Actor, path: str, method: str) -> bool:
    """Whether a path of this site is a staff view that the person may use; an open page is no target."""
    found = match(path, method)
    access = access_of(current_app, found[0]) if found else "public"
    if access == "public":
        return False
    return access == "staff" or actor.may(Permission(access))
