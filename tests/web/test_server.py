"""A stop is not a cut: what was asked is answered, and then the port is closed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from http.client import HTTPConnection

import pytest
from flask import Flask

from app.web.access import public
from app.web.server import server_for


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
