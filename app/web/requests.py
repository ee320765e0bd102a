"""How a request's files are read: only where a view says what keeps them, and never by way of a plain temporary file."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import IO, Any, cast

from flask import Request, request


class Nowhere(io.RawIOBase):
    """Takes bytes and keeps none."""

    def write(self, data: Any) -> int:  # noqa: ANN401  any bytes
        """Taken."""
        return len(data)

    def seek(self, _offset: int, _whence: int = 0) -> int:
        """The parser winds back what it has written."""
        return 0


class OwnRequest(Request):
    """A request whose form has no files, unless its view said before reading it what takes each one by its name."""

    keep_file: Callable[[str], io.RawIOBase] | None = None

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002  werkzeug's own
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        kept = self.keep_file(filename) if self.keep_file and filename else Nowhere()
        return cast("IO[bytes]", kept)


def own_request() -> OwnRequest:
    """The present request, as what it is."""
    return cast("OwnRequest", request)
