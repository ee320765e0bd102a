"""Headers of every answer: a strict content policy with a nonce, no-store on what is personal, no referrer."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

from app.core.clock import stopwatch
from app.core.ids import new_id
from app.core.logs import log
from app.core.settings import settings

HOME_ENDPOINTS = frozenset({"pages.home", "pages.privacy", "pages.accessibility"})
KEPT = frozenset({"static", "pages.look", "pages.mark"})  # their addresses change with their content


def csp_nonce() -> str:
    """This answer's nonce, for the few scripts and styles that are inline."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def init_headers(app: Flask) -> None:
    """Give each request an id and each answer its headers."""

    @app.before_request
    def begin() -> None:
        g.request_id = str(new_id())
        g.began = stopwatch()

    @app.after_request
    def finish(response: Response) -> Response:
        policy(response)
        log().info(
            "request", request=g.get("request_id"), method=request.method,
            path=request.url_rule and request.url_rule.rule,  # the pattern: anything may stand in a path
            status=response.status_code, endpoint=request.endpoint,
            milliseconds=round((stopwatch() - g.get("began", stopwatch())) * 1000, 1),
        )  # fmt: skip
        return response

    app.jinja_env.globals["csp_nonce"] = csp_nonce


def policy(response: Response) -> None:
    """Set what a browser may do with the page, and whether it may keep it."""
    nonce = csp_nonce()
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self'; "
        "font-src 'self'; connect-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    response.headers["X-Request-Id"] = str(g.get("request_id", ""))
    if settings().https:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint in KEPT:
        response.headers["Cache-Control"] = "public, max-age=3600"
    elif request.endpoint in HOME_ENDPOINTS:
        response.headers["Cache-Control"] = "no-cache"
    else:
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
