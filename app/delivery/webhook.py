"""How a page travels to a webhook: one POST of JSON with time-outs that follows no redirect and reads no answer's body."""

from __future__ import annotations

import json
import ssl
import sys
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import SplitResult, urlsplit

from app.delivery.service import NotDelivered
from config import Settings

TIMEOUT = 10


def post_page(settings: Settings, address: str, page: Mapping[str, str], mark: str) -> None:
    """Hand a page to a webhook. A repeat carries the same `mark`. Raises NotDelivered; a demonstration prints it."""
    if settings.demo:
        sys.stderr.write(f"--- page (not sent: a demonstration) ---\n{page['text']}\n---\n")
        sys.stderr.flush()
        return
    parts = urlsplit(address)
    headers = {"Content-Type": "application/json", "Idempotency-Key": mark, "Connection": "close"}
    if settings.page_webhook_token:
        headers["Authorization"] = f"Bearer {settings.page_webhook_token}"
    connection = connection_to(parts)
    try:
        connection.request("POST", parts.path or "/", json.dumps(page).encode(), headers)
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise NotDelivered(type(error).__name__) from None
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotDelivered(f"http_{status}")


def connection_to(parts: SplitResult) -> HTTPConnection:
    """Not open yet. The certificate must be right where there is one."""
    host = parts.hostname or ""
    if parts.scheme == "https":
        return HTTPSConnection(host, parts.port, timeout=TIMEOUT, context=ssl.create_default_context())
    return HTTPConnection(host, parts.port, timeout=TIMEOUT)
