"""The product's own processes, `flask serve` and `flask worker`: started, waited for, killed without warning, stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

from benchmarks.harness import free_port
from config import ROOT

# Limits off and nobody to mail: what loopback allows for such runs.
LIMITS_OFF = dict.fromkeys(
    ("LIMIT_DRAFT_POSTS", "LIMIT_ADDRESS_POSTS", "LIMIT_ADDRESS_STARTS", "MINIMUM_FILL_SECONDS"), "0"
)


@dataclass
class Site:
    """An instance folder, its database, and the one port that every process of it serves on."""

    folder: Path
    url: str = ""
    port: int = field(default_factory=free_port)
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where clients send to."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """Its settings, and nothing of the caller's but the path."""
        return {
            "PATH": os.environ["PATH"], "INSTANCE_DIR": str(self.folder), "DATABASE_URL": self.url,
            "LOG_LEVEL": "ERROR", **LIMITS_OFF, **self.more,
        }  # fmt: skip

    def flask(self, *command: str, under: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """Start a command of the product; what it says stands in a file beside the database."""
        with (self.folder / "said.log").open("ab") as said:
            return subprocess.Popen(
                [*under, sys.executable, "-m", "flask", "--app", "wsgi", *command],
                cwd=ROOT, env=self.environment(), stdout=said, stderr=said,
            )  # fmt: skip

    def serve(self, under: Sequence[str] = ()) -> tuple[subprocess.Popen[bytes], float]:
        """Start the server and wait until it can take a form; the seconds that this took."""
        began = time.perf_counter()
        process = self.flask("serve", "--port", str(self.port), under=under)
        while not self.ready():
            if process.poll() is not None or time.perf_counter() - began > 60:
                process.kill()
                message = f"the server did not start: {(self.folder / 'said.log').read_text()[-2000:]}"
                raise RuntimeError(message)
            time.sleep(0.01)
        return process, time.perf_counter() - began

    def ready(self) -> bool:
        """Whether /healthz says ok."""
        with suppress(OSError), urlopen(f"{self.address}/healthz", timeout=5) as answer:
            return answer.status == 200  # type: ignore[no-any-return]
        return False


def cpu_seconds(process: subprocess.Popen[bytes]) -> float:
    """What a process has computed so far: unlike seconds of the wall, the same beside a busy neighbor."""
    times = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")


def end(process: subprocess.Popen[bytes], how: signal.Signals, seconds: float = 60) -> int:
    """Send a signal and wait; the exit code, -9 for what did not end by itself."""
    process.send_signal(how)
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
