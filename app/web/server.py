"""`flask serve`: waitress with bounds that bear a crowd, and what a start refuses."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click
import waitress
from flask import Flask, current_app
from flask.cli import with_appcontext
from waitress import wasyncore

THREADS = 8
CONNECTIONS = 2000
# The app answers a body that is too large with a page of its own; the server cuts off what no form could be.
BODY_FACTOR = 8


class Server:
    """A waitress server that can also run beside a test."""

    def __init__(self, server: Any) -> None:  # noqa: ANN401  waitress has no types
        self.server = server

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serve in a thread while the block runs. What is being answered when it ends is answered."""
        thread = threading.Thread(target=self.server.run, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.server.task_dispatcher.shutdown(cancel_pending=True, timeout=5)
            # The sockets belong to the loop's thread: closed from here, its wait would fail on them.
            self.server.trigger.pull_trigger(lambda: wasyncore.close_all(self.server._map, ignore_all=True))  # noqa: SLF001
            thread.join(timeout=10)


def server_for(app: Flask, host: str, port: int) -> Server:
    """The server, listening, not yet serving."""
    body = app.config["MAX_CONTENT_LENGTH"] * BODY_FACTOR
    return Server(
        waitress.create_server(
            app, host=host, port=port, threads=THREADS, connection_limit=CONNECTIONS, max_request_body_size=body,
            channel_timeout=60, ident=None,
            # select() knows 1,024 descriptors, fewer than the connections above.
            asyncore_use_poll=True,
            # With trusted proxies ProxyFix reads what they say; without any, nobody's word is passed on.
            clear_untrusted_proxy_headers=not app.extensions["settings"].trusted_proxies,
        )
    )  # fmt: skip


def serve_app(app: Flask, host: str, port: int) -> None:
    """Serve until stopped."""
    server = server_for(app, host, port).server
    with suppress(KeyboardInterrupt):
        server.run()


def init_server(app: Flask, make_ready: Callable[[Flask], None]) -> None:
    """Offer `flask serve`; `make_ready` raises when this start would not be safe."""
    app.extensions["make_ready"] = make_ready
    app.cli.add_command(serve_command)


@click.command("serve")
@with_appcontext
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Address to listen on; a proxy with TLS stands in front."
)
@click.option("--port", default=8000, show_default=True)
def serve_command(host: str, port: int) -> None:
    """Serve with waitress. Run `flask db upgrade` before and `flask worker` beside it."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001  threads need the app itself
    try:
        app.extensions["make_ready"](app)
    except RuntimeError as refused:
        raise click.ClickException(str(refused)) from refused
    click.echo(f"Serving on http://{host}:{port}")
    serve_app(app, host, port)
