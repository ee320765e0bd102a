"""Asks clamd about a file, over its socket or TCP, piece by piece. What it cannot say is never "clean"."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable

from app.core.clock import stopwatch
from app.records.domain import Finding, ScanState

PATIENCE = 60.0  # seconds for each step of a talk
MOST = 150.0  # seconds for all of what is sent; with the steps around it and a copy less than a job's lease
REPLY = re.compile(r"^stream: (?P<name>.+) FOUND$")
# clamd reports its own limits and locked files as if they were finds, where it is told to; they are none.
NOT_SCANNED = (
    (re.compile(r"^Heuristics\.Encrypted\."), Finding.ENCRYPTED),
    (re.compile(r"^Heuristics\.Limits\.Exceeded"), Finding.TOO_LARGE),
)
Verdict = tuple[ScanState, str | None]


class ScannerAway(Exception):
    """No answer, or none that says anything: ask again later."""


def scan(address: str, pieces: Iterable[bytes], patience: float = PATIENCE) -> Verdict:
    """The verdict on a file. Raises ScannerAway."""
    try:
        with connected(address, patience) as talk:
            talk.sendall(b"zINSTREAM\0")
            try:
                began = stopwatch()
                for piece in pieces:
                    refuse_late(stopwatch() - began)
                    talk.sendall(len(piece).to_bytes(4, "big") + piece)
                talk.sendall(bytes(4))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it stopped listening because the file is too large, and says so
            return verdict(reply_of(talk))
    except OSError as fault:
        raise ScannerAway(type(fault).__name__) from fault


def refuse_late(seconds: float) -> None:
    """A scanner that takes in a trickle is away too. Raises ScannerAway."""
    if seconds > MOST:
        raise ScannerAway("Slow")


def connected(address: str, patience: float) -> socket.socket:
    """By the path of its socket, or host:port."""
    if address.startswith("/"):
        talk = socket.socket(socket.AF_UNIX)
        try:
            talk.settimeout(patience)
            talk.connect(address)
        except OSError:
            talk.close()
            raise
        return talk
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), patience)


def reply_of(talk: socket.socket) -> str:
    """One line."""
    reply = b""
    while not reply.endswith(b"\0") and len(reply) < 4096:
        some = talk.recv(4096)
        if not some:
            break
        reply += some
    return reply.rstrip(b"\0").decode("utf-8", "replace").strip()


def verdict(reply: str) -> Verdict:
    """What a reply means. Raises ScannerAway for what means nothing."""
    if reply == "stream: OK":
        return ScanState.CLEAN, None
    found = REPLY.match(reply)
    if found:
        for pattern, finding in NOT_SCANNED:
            if pattern.match(found["name"]):
                return ScanState.FAILED, finding
        return ScanState.INFECTED, found["name"][:80]
    if "size limit exceeded" in reply:
        return ScanState.FAILED, Finding.TOO_LARGE
    raise ScannerAway("NoVerdict")
