"""Alternating rounds over server processes: CPU for each request, ratios in the same round, a bootstrap interval."""

from __future__ import annotations

import http.client
import http.cookiejar
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

from rich.progress import Progress

ROUNDS = 9


@dataclass
class Target:
    """A running server: its process, its port, one connection kept open, its cookies."""

    name: str
    process: subprocess.Popen[bytes]
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, fields: Mapping[str, object] | None = None) -> tuple[int, str, str]:
        """One request; status, where it leads, body."""
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            body = urlencode(fields, doseq=True)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _equals, rest = line.partition("=")
            self.cookies[name] = rest.split(";")[0]
        return answer.status, answer.headers.get("Location") or "", answer.read().decode("utf-8", "replace")

    def cpu(self) -> int:
        """Nanoseconds that all its threads have had."""
        total = 0
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
        return total


def token(page: str) -> str:
    """The CSRF token of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', page)
    return unescape(found.group(1)) if found else ""


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def serving(name: str, target: str, instance: Path, url: str = "") -> Iterator[Target]:
    """Start a target and stop it."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "benchmarks.targets",
        target,
        "--instance",
        str(instance),
        "--url",
        url,
        "--port",
        str(port),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for_port(port, process)
        yield Target(name, process, port)
    finally:
        process.kill()
        process.wait()


def wait_for_port(port: int, process: subprocess.Popen[bytes], seconds: float = 60) -> None:
    """Until it listens."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            message = f"the server ended with {process.returncode}"
            raise RuntimeError(message)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError


@dataclass(frozen=True)
class Step:
    """One thing that is measured: `prepare(n)` makes ready what is not, `run(i)` is one request."""

    name: str
    target: Target
    count: int
    run: Callable[[int], None]
    prepare: Callable[[int], None] = lambda _count: None


def measure(step: Step) -> float:
    """Microseconds of CPU for each request."""
    step.prepare(step.count)
    before = step.target.cpu()
    for index in range(step.count):
        step.run(index)
    return (step.target.cpu() - before) / step.count / 1000


def rounds(steps: Sequence[Step], count: int = ROUNDS) -> dict[str, list[float]]:
    """Every step once in each round, in turning order; the first round warms up and is thrown away."""
    found: dict[str, list[float]] = {step.name: [] for step in steps}
    with Progress(disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("rounds", total=(count + 1) * len(steps))
        for number in range(count + 1):
            turned = [*steps[number % len(steps) :], *steps[: number % len(steps)]]
            for step in turned:
                figure = measure(step)
                if number:
                    found[step.name].append(figure)
                progress.advance(task)
    return found


@dataclass(frozen=True)
class Ratio:
    """Paired ratios of a run: the middle, the range, the 95 % interval of the median by bootstrap."""

    median: float
    low: float
    high: float
    smallest: float
    largest: float

    def line(self, name: str, goal: float) -> str:
        """For the table."""
        verdict = "reached" if self.high <= goal else "missed" if self.low > goal else "not resolved"
        return (
            f"| {name} | {goal:.2f} | {self.median:.2f} | {self.low:.2f} to {self.high:.2f} | "
            f"{self.smallest:.2f} to {self.largest:.2f} | {verdict} |"
        )


def ratio(above: Sequence[float], below: Sequence[float]) -> Ratio:
    """Of two series of the same rounds."""
    pairs = [one / other for one, other in zip(above, below, strict=True)]
    draw = random.Random(1)
    medians = sorted(statistics.median(draw.choices(pairs, k=len(pairs))) for _ in range(4000))
    return Ratio(statistics.median(pairs), medians[100], medians[3899], min(pairs), max(pairs))


HEAD = "| what | goal | median | 95 % interval | range | |\n|---|---|---|---|---|---|"


def machine() -> str:
    """What it ran on, without naming it."""
    return f"{os.cpu_count()} cores, Python {sys.version.split()[0]}"


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="wicket-bench-") as made:
        yield Path(made)
