"""`flask serve`: waitress with bounds that bear a crowd; what a start refuses, and what a stop still answers."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

import click
import waitress
from flask import Flask, current_app
from flask.cli import with_appcontext
from waitress import wasyncore
from waitress.buffers import OverflowableBuffer, TempfileBasedBuffer
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser

from app.core.clock import stopwatch
from app.core.spool import SealedSpool

THREADS = 8
CONNECTIONS = 2000
# The app answers a body that is too large with a page of its own; the server cuts off what no form could be.
BODY_FACTOR = 8
# Only what is posted here may be as large as a file.
FILES = re.compile(r"/(files|uploads/[0-9a-f-]{36})$")
# An answer is taken off its thread's hands whole: a slow reader holds none. What waits is put down; what a fast reader
# has taken is let go every few megabytes, where waitress would keep all of it.
WAITING_ANSWER, IN_MEMORY, AT_MOST = 256 * 1024 * 1024, 256 * 1024, 4 * 1024 * 1024
# A form may wait 15 seconds for the database; what takes longer than this is cut off, and sent again by its sender.
LAST_ANSWERS = 20.0
TURN = 0.5  # seconds in which a stop is noticed when nobody asks for anything


class Server:
    """A waitress server that ends with every answer given; it can also run beside a test."""

    def __init__(self, server: Any, sockets: dict[int, Any]) -> None:  # noqa: ANN401  waitress has no types
        self.server, self.sockets = server, sockets
        self.stopped = threading.Event()

    def run(self) -> None:
        """Serve until stopped; then take no more connections and answer what was asked."""
        while not self.stopped.is_set():
            self.turn(TURN)
        for listener in list(self.sockets.values()):
            if listener.accepting:
                wasyncore.dispatcher.close(listener)
        end = stopwatch() + LAST_ANSWERS
        while self.unanswered() and stopwatch() < end:
            self.turn(TURN / 10)
        self.server.task_dispatcher.shutdown()
        wasyncore.close_all(self.sockets, ignore_all=True)

    def turn(self, seconds: float) -> None:
        """Look once after every socket."""
        # select() knows 1,024 descriptors, fewer than the connections above.
        wasyncore.loop(seconds, use_poll=True, map=self.sockets, count=1)

    def unanswered(self) -> bool:
        """Whether somebody still sends or waits; who does neither is let go."""
        channels = [one for one in list(self.sockets.values()) if isinstance(one, HTTPChannel)]
        for channel in channels:
            if not (channel.request or channel.requests or channel.total_outbufs_len):
                channel.close_when_flushed = True
        return bool(channels)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Serve in a thread while the block runs."""
        thread = threading.Thread(target=self.run, daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.stopped.set()
            self.server.pull_trigger()
            thread.join(timeout=LAST_ANSWERS + 10)


# Bodies and answers that are too large for memory pass through a file: sealed, where waitress would write them plainly.
TempfileBasedBuffer.newfile = lambda _buffer: SealedSpool()


def channel_for(largest_file: int) -> type[HTTPChannel]:
    """A connection whose body may be large where files are taken, and nowhere else."""

    class Parser(HTTPRequestParser):
        adj: Any

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            if FILES.search(self.path):
                self.adj = copy(self.adj)
                self.adj.max_request_body_size = largest_file

    class Channel(HTTPChannel):
        parser_class = Parser
        current_outbuf_count: int

        def write_soon(self, data: Any) -> int:  # noqa: ANN401  bytes or a file
            with self.outbuf_lock:
                if self.current_outbuf_count >= AT_MOST:
                    self.outbufs.append(OverflowableBuffer(IN_MEMORY))
                    self.current_outbuf_count = 0
            written: int = super().write_soon(data)
            return written

    return Channel


def server_for(app: Flask, host: str, port: int) -> Server:
    """The server, listening, not yet serving."""
    body = app.config["MAX_CONTENT_LENGTH"] * BODY_FACTOR
    sockets: dict[int, Any] = {}
    server = waitress.create_server(
        app, map=sockets, host=host, port=port, threads=THREADS, connection_limit=CONNECTIONS,
        max_request_body_size=body, channel_timeout=60, ident=None, recv_bytes=65536,
        outbuf_high_watermark=WAITING_ANSWER, outbuf_overflow=IN_MEMORY,
        # With trusted proxies ProxyFix reads what they say; without any, nobody's word is passed on.
        clear_untrusted_proxy_headers=not app.extensions["settings"].trusted_proxies,
    )  # fmt: skip
    for listener in sockets.values():
        if hasattr(listener, "channel_class"):
            listener.channel_class = channel_for(2 * app.config["MAX_FILE_BODY"])
    return Server(server, sockets)


def serve_app(app: Flask, host: str, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C."""
    server = server_for(app, host, port)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _signal, _frame: server.stopped.set())
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
