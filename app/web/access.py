"""Who may open which page: staff-only is the default for every route, @public opens one, @requires narrows one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, request

from app.core.actor import PUBLIC, Actor, Permission
from app.core.errors import NotAllowed

View = TypeVar("View", bound=Callable[..., Any])
ACCESS = "_access"


def public(view: View) -> View:
    """Open a view to everybody."""
    setattr(view, ACCESS, "public")
    return view


def requires(permission: Permission) -> Callable[[View], View]:
    """Narrow a view to staff who hold the permission in at least one program."""

    def mark(view: View) -> View:
        setattr(view, ACCESS, permission)
        return view

    return mark


def access_of(app: Flask, endpoint: str) -> str:
    """How an endpoint is guarded: public, staff, or a permission's name."""
    if endpoint == "static":
        return "public"
    return str(getattr(app.view_functions[endpoint], ACCESS, "staff"))


def current_actor() -> Actor:
    """Who makes this request; the accounts room sets it from the session."""
    return cast("Actor", g.get("actor", PUBLIC))


def init_access(app: Flask, load_actor: Callable[[], Actor], send_to_sign_in: Callable[[], Any]) -> None:
    """Guard every request before its view: `load_actor` reads the session, `send_to_sign_in` answers strangers."""
    app.context_processor(lambda: {"actor": current_actor()})

    @app.before_request
    def guard() -> Any:  # noqa: ANN401  None, or what Flask answers with
        endpoint = request.endpoint
        if endpoint is None:
            return None  # no such page: 404 for everybody
        access = access_of(current_app, endpoint)
        if access == "public":
            return None
        g.actor = load_actor()
        if g.actor.id is None:
            return send_to_sign_in()
        if access != "staff" and not g.actor.may(Permission(access)):
            raise NotAllowed
        return None
