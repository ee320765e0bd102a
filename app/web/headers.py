"""Headers of every answer: a strict content policy, no-store on what is personal, no referrer."""

from __future__ import annotations

from flask import Flask, Response, g, request

from app.core.clock import stopwatch
from app.core.ids import new_id
from app.core.logs import log
from app.core.settings import settings

HOME_ENDPOINTS = frozenset({"pages.home", "pages.privacy", "pages.accessibility"})
KEPT = frozenset({"static", "pages.look", "pages.mark"})  # their addresses change with their content
# No script and no style stands inside a page, so none is allowed to.
ALWAYS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
        "media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
STATIC = {"Cache-Control": "public, max-age=3600"}
HOME = {"Cache-Control": "no-cache", "Vary": "Accept-Language, Cookie"}
PERSONAL = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


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


def policy(response: Response) -> None:
    """Set what a browser may do with the page, and whether it may keep it."""
    kept = STATIC if request.endpoint in KEPT else HOME if request.endpoint in HOME_ENDPOINTS else PERSONAL
    headers = ALWAYS | kept | (HTTPS_ONLY if settings().https else {})
    headers["X-Request-Id"] = g.get("request_id", "")
    if "Content-Security-Policy" in response.headers:
        del headers["Content-Security-Policy"]  # a file that somebody sent has a stricter one
    response.headers.update(headers)
