"""Real parts that tests start themselves: PostgreSQL, an SMTP sink, a web server. Absent ones skip with the reason."""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from flask import Flask
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from app.web.server import server_for

# In CI nothing may skip: what is missing fails there.
NOTHING_SKIPS = bool(os.environ.get("NOTHING_SKIPS"))


def missing(reason: str) -> None:
    """Skip with the reason and the mend, or fail where nothing may skip."""
    (pytest.fail if NOTHING_SKIPS else pytest.skip)(reason)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def postgresql_programs() -> Path | None:
    """Where Debian keeps the server's programs, or where PATH finds them."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@dataclass
class PostgreSQL:
    """A server; each test gets a database of its own, copied from a migrated one."""

    address: str  # up to and without the database's name
    folder: Path | None = None

    def url(self, name: str) -> str:
        """SQLAlchemy's address of a database."""
        return f"{self.address}/{name}".replace("postgresql://", "postgresql+psycopg://", 1)

    def run(self, statement: str) -> None:
        """One statement outside any transaction."""
        with psycopg.connect(f"{self.address}/postgres", autocommit=True) as connection:
            connection.execute(statement)

    def create(self, template: str | None = None) -> str:
        """A new database; returns its name."""
        name = f"t{uuid.uuid4().hex}"
        self.run(f"create database {name}" + (f" template {template}" if template else ""))
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self.run(f"drop database if exists {name} with (force)")


@contextmanager
def postgresql_server() -> Iterator[PostgreSQL]:
    """The server of TEST_DATABASE_URL, or one of our own in a temporary folder. fsync stays on."""
    given = os.environ.get("TEST_DATABASE_URL", "")
    if given:
        yield PostgreSQL(given.replace("postgresql+psycopg://", "postgresql://").rsplit("/", 1)[0])
        return
    programs = postgresql_programs()
    if programs is None:
        missing("PostgreSQL is not here: apt-get install postgresql, or set TEST_DATABASE_URL")
    with tempfile.TemporaryDirectory(prefix="wicket-pg-", ignore_cleanup_errors=True) as home:
        yield from own_server(Path(str(programs)), Path(home))


def own_server(programs: Path, home: Path) -> Iterator[PostgreSQL]:
    """Start and stop a cluster; as root it runs as the user postgres, who may not run as root."""
    rest: dict[str, Any] = {}
    if os.geteuid() == 0:
        rest = {"user": "postgres", "group": "postgres", "extra_groups": ()}
        home.chmod(0o700)
        shutil.chown(home, "postgres")
    user = "postgres" if rest else pwd.getpwuid(os.geteuid()).pw_name
    data, port = home / "data", free_port()
    subprocess.run(
        [programs / "initdb", "-D", data, "-A", "trust", "-E", "UTF8", "--no-sync", "-U", user],
        check=True, capture_output=True, cwd="/", **rest,
    )  # fmt: skip
    server = subprocess.Popen(
        [
            programs / "postgres", "-D", data, "-k", home, "-p", str(port), "-c", "listen_addresses=127.0.0.1",
            "-c", "max_connections=300",
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **rest,
    )  # fmt: skip
    address = f"postgresql://{user}@127.0.0.1:{port}"
    try:
        wait_for(lambda: psycopg.connect(f"{address}/postgres").close())
        yield PostgreSQL(address, data)
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_for(ready: Any, seconds: float = 30) -> None:
    """Try until it does not raise."""
    end = time.monotonic() + seconds
    while True:
        try:
            ready()
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


@dataclass
class Mailbox(Message):
    """An SMTP sink: keeps what arrives; `refuse` answers recipients (`only` one of them) with this code instead."""

    letters: list[EmailMessage] = field(default_factory=list)
    refuse: str = ""
    only: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        """Take or refuse a recipient."""
        if self.refuse and self.only in {"", address}:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def handle_message(self, message: Any) -> None:
        """Keep it."""
        self.letters.append(message)


@contextmanager
def smtp_sink() -> Iterator[tuple[Mailbox, int]]:
    """A mail server on loopback and its port."""
    box, port = Mailbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()


@contextmanager
def s3_server() -> Iterator[str]:
    """An S3-compatible store over HTTP, in memory; its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


# The test file of the anti-virus industry, put together here so that no scanner takes this source for it.
EICAR = b"".join((b"X5O!P%@AP[4", b"\\PZX54(P^)7CC)7}$", b"EICAR-STANDARD-", b"ANTIVIRUS-TEST-FILE!", b"$H+H*"))


@dataclass
class Clamd:
    """A real clamd over a signature database of one line."""

    socket: Path
    port: int
    process: subprocess.Popen[bytes]

    def asked(self, *, tcp: bool = False) -> str:
        """Its address, as the setting."""
        return f"127.0.0.1:{self.port}" if tcp else str(self.socket)


@contextmanager
def clamd_server(folder: Path) -> Iterator[Clamd]:
    """Start it; as root it stays root, since its folder is ours."""
    program = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin")
    if program is None:
        missing("clamd is not here: apt-get install clamav-daemon")
    database, port = folder / "signatures", free_port()
    database.mkdir()
    digest = hashlib.md5(EICAR, usedforsecurity=False).hexdigest()
    (database / "test.hdb").write_text(f"{digest}:{len(EICAR)}:Eicar-Test-Signature\n")
    lines = {
        "LocalSocket": folder / "clamd", "TCPSocket": port, "TCPAddr": "127.0.0.1", "Foreground": "yes",
        "DatabaseDirectory": database, "TemporaryDirectory": folder, "StreamMaxLength": "3M", "MaxFileSize": "3M",
        "MaxScanSize": "6M", "AlertExceedsMax": "yes", "AlertEncrypted": "yes", "User": pwd.getpwuid(os.geteuid()).pw_name,
    }  # fmt: skip
    (folder / "clamd.conf").write_text("".join(f"{name} {value}\n" for name, value in lines.items()))
    process = subprocess.Popen(
        [str(program), "-c", folder / "clamd.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: socket.create_connection(("127.0.0.1", port)).close())
        yield Clamd(folder / "clamd", port, process)
    finally:
        process.kill()
        process.wait(timeout=30)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The app under the product's own server in a thread; gives its address."""
    server = server_for(app, "127.0.0.1", 0)
    with server.running():
        yield f"http://127.0.0.1:{server.server.effective_port}"


@dataclass
class WebhookSink:
    """What arrived at a local web server: the parsed bodies and headers; `status` is what it answers, None hangs."""

    status: int | None = 200
    pages: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    address: str = ""


@contextmanager
def webhook_sink() -> Iterator[WebhookSink]:
    """A real HTTP server on loopback that takes pages."""
    sink, let_go = WebhookSink(), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sink.headers.append(dict(self.headers.items()))
            sink.pages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            if sink.status is None:
                let_go.wait(60)
                return
            self.send_response(sink.status)
            self.send_header("Location", sink.address + "/elsewhere")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sink.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()
