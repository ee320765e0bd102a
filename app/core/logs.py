"""Log lines: JSON, ids and codes only. What could be personal is dropped by name before a line is written."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, cast

import structlog

from config import Settings

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "request", "method", "path", "status", "milliseconds", "endpoint",
        "job", "kind", "fault", "count", "state", "case", "submission", "user", "program", "version",
        "database", "journal_mode", "synchronous", "server_version", "fsync", "synchronous_commit",
        "full_page_writes", "address", "instance", "done", "pending", "reason", "limit",
    }
)  # fmt: skip


def only_known(_logger: object, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every key that is not on the list: new ones must be allowed here first."""
    return {key: value for key, value in line.items() if key in ALLOWED}


def init_logs(settings: Settings) -> None:
    """Write JSON lines to standard error; the server's own access log stays off."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_known,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.lastResort = LibraryLines(logging.WARNING)  # in place of bare words on standard error


class LibraryLines(logging.Handler):
    """A library's own line: which one and of what kind; its words could hold what somebody typed."""

    def emit(self, record: logging.LogRecord) -> None:
        """As JSON, like every other."""
        fault = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        log().log(record.levelno, "library", kind=record.name, fault=fault)


def log() -> structlog.stdlib.BoundLogger:
    """The logger."""
    return cast("structlog.stdlib.BoundLogger", structlog.get_logger())
