"""Flask's own signed cookie, by a signer that is made once: making it anew cost more than signing."""

from __future__ import annotations

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


class SignedCookies(SecureCookieSessionInterface):
    """One signer for an app, whose secret does not change while it runs."""

    signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """The signer, made at the first request."""
        if self.signer is None:
            self.signer = super().get_signing_serializer(app)
        return self.signer
