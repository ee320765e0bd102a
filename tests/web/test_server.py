"""A stop is not a cut: what was asked is answered, and then the port is closed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import Flask, Response

from app.web.access import public
from app.web.server import server_for
from tests.services import wait_for


@pytest.fixture
def asked(make_app: Callable[..., Flask]) -> tuple[Flask, threading.Event, threading.Event]:
    """An app with a page that says when it was reached, and answers when it is let."""
    app, reached, let = make_app(), threading.Event(), threading.Event()

    def slow() -> str:
        reached.set()
        assert let.wait(20)
        return "answered"

    app.add_url_rule("/slow", "slow", public(slow))
    return app, reached, let


def test_what_was_asked_before_a_stop_is_answered(asked: tuple[Flask, threading.Event, threading.Event]) -> None:
    app, reached, let = asked
    server = server_for(app, "127.0.0.1", 0)
    port = server.server.effective_port
    running = threading.Thread(target=server.run)
    running.start()
    with (
        closing(HTTPConnection("127.0.0.1", port, timeout=20)) as idle,
        closing(HTTPConnection("127.0.0.1", port, timeout=20)) as waiting,
    ):
        idle.connect()
        waiting.request("GET", "/slow")
        assert reached.wait(20)
        server.stopped.set()
        server.server.pull_trigger()
        assert idle.sock.recv(1) == b""  # nobody waits for who asks nothing
        with pytest.raises(ConnectionRefusedError):
            HTTPConnection("127.0.0.1", port, timeout=20).connect()
        assert running.is_alive()
        let.set()
        assert waiting.getresponse().read() == b"answered"
    running.join(timeout=20)
    assert not running.is_alive()


MARKED = b"A known line of the paper of a known child. " * 40_000


@pytest.fixture
def posting(make_app: Callable[..., Flask]) -> Iterator[tuple[HTTPConnection, Flask]]:
    """A connection to the server of an app that takes files."""
    app = make_app(MAX_FILE_BYTES="3000000")
    server = server_for(app, "127.0.0.1", 0)
    with server.running(), closing(HTTPConnection("127.0.0.1", server.server.effective_port, timeout=20)) as connection:
        yield connection, app


def nameless_files() -> list[bytes]:
    """What stands in temporary files that only this process holds."""
    found = []
    for one in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            if "(deleted)" in str(one.readlink()):
                found.append(one.read_bytes())
    return found


def put_down(size: int) -> None:
    """Wait until this much was put down, and see that nothing of it can be read."""

    def there() -> None:
        assert sum(map(len, nameless_files())) > size

    wait_for(there)
    assert not any(b"known child" in one for one in nameless_files())


def test_a_body_on_its_way_lies_nowhere_readable(posting: tuple[HTTPConnection, Flask]) -> None:
    connection, _app = posting
    connection.putrequest("POST", "/follow/x/files")
    connection.putheader("Content-Length", str(len(MARKED) + 10))
    connection.endheaders(MARKED)
    put_down(1_000_000)
    connection.send(b"0123456789")
    assert connection.getresponse().status == 404


def test_a_slow_answer_lies_nowhere_readable(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    app.add_url_rule("/large", "large", public(lambda: Response([MARKED] * 20)))
    server = server_for(app, "127.0.0.1", 0)
    with server.running(), closing(HTTPConnection("127.0.0.1", server.server.effective_port, timeout=20)) as connection:
        connection.request("GET", "/large")
        put_down(10_000_000)
        assert connection.getresponse().read() == MARKED * 20


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [("/follow/x/files", 9_000_000, 404), ("/inquiry", 20_000_000, 413), ("/follow/x/files", 20_000_000, 413),
     ("/inquiry/files/x", 20_000_000, 413)],
)  # fmt: skip
def test_only_addresses_that_take_files_may_be_sent_much(
    posting: tuple[HTTPConnection, Flask], path: str, size: int, status: int
) -> None:
    connection, _app = posting
    connection.putrequest("POST", path)
    connection.putheader("Content-Length", str(size))
    connection.endheaders(bytes(size) if status == 404 else None)
    assert connection.getresponse().status == status
