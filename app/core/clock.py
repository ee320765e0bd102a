"""The only file that reads the system clock. Rules take `now` as a parameter."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def milliseconds() -> int:
    """Unix time in milliseconds, for identifiers."""
    return time.time_ns() // 1_000_000


def stopwatch() -> float:
    """Seconds that only ever grow, to measure how long something took."""
    return time.perf_counter()
