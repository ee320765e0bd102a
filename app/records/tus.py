"""The tus protocol (1.0.0: core, creation, termination) over a file on its way: what a script on our pages speaks.

Its clients resume by asking where a file stands. One way for the desk and for private links.
"""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Callable, Iterator, Mapping

from flask import Response, request

from app.core.errors import NotFound, Refused
from app.core.settings import settings
from app.records.uploads import Arriving, Moved, Target, begin, find, go_on, let_go, taken
from app.web.requests import own_request

VERSION = "1.0.0"
BODY = "application/offset+octet-stream"
AT_ONCE = 64 * 1024


def create(target: Target, address: Callable[[uuid.UUID], str]) -> Response:
    """POST: a new file of a known size; answers where it is gone on with."""
    length = whole_number("Upload-Length")
    if length is None:
        return answer(400, "Upload-Length is missing")
    try:
        arriving = begin(target, said_name(), length)
    except Refused as refused:
        return answer(413, refused.message)
    return answer(201, headers={"Location": address(arriving.id), "Upload-Expires": expires(arriving)})


def stands_at(target: Target, upload_id: uuid.UUID) -> Response:
    """HEAD: how much is here. A file that became whole says so, for a client that lost the answer."""
    size = taken(target, upload_id)
    if size is not None:
        return answer(200, headers={"Upload-Offset": str(size), "Upload-Length": str(size)})
    arriving = found(target, upload_id)
    return answer(200, headers={
        "Upload-Offset": str(arriving.received), "Upload-Length": str(arriving.size), "Upload-Expires": expires(arriving),
    })  # fmt: skip


def append(target: Target, upload_id: uuid.UUID) -> Response:
    """PATCH: more of it, from where it stands."""
    if request.mimetype != BODY:
        return answer(415, f"Content-Type must be {BODY}")
    offset = whole_number("Upload-Offset")
    size = taken(target, upload_id)
    if size is not None:
        return answer(204 if offset == size else 409, headers={"Upload-Offset": str(size)})
    arriving = found(target, upload_id)
    if offset != arriving.received:
        return answer(409, headers={"Upload-Offset": str(arriving.received)})
    own_request().max_content_length = settings().max_file_bytes
    try:
        received = go_on(arriving, body())
    except Moved:
        return answer(409)
    except Refused as refused:
        return answer(422, refused.message)
    return answer(204, headers={"Upload-Offset": str(received), "Upload-Expires": expires(arriving)})


def end(target: Target, upload_id: uuid.UUID) -> Response:
    """DELETE: the sender changed their mind before it was whole."""
    let_go(found(target, upload_id))
    return answer(204)


def found(target: Target, upload_id: uuid.UUID) -> Arriving:
    """Of this sender, with a size that was said. Raises NotFound."""
    arriving = find(target, upload_id)
    if arriving is None or arriving.size is None:
        raise NotFound
    return arriving


def body() -> Iterator[bytes]:
    """As it comes."""
    while some := request.stream.read(AT_ONCE):
        yield some


def said_name() -> str:
    """The name in Upload-Metadata: pairs of a word and base64."""
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        word, _space, value = pair.strip().partition(" ")
        if word == "filename":
            try:
                return base64.b64decode(value, validate=True).decode("utf-8", "replace")
            except (binascii.Error, ValueError):
                break
    return ""


def whole_number(name: str) -> int | None:
    """A header's number, if it is one."""
    text = request.headers.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def expires(arriving: Arriving) -> str:
    """As HTTP writes instants."""
    return arriving.expires_at.strftime("%a, %d %b %Y %H:%M:%S GMT")


def answer(status: int, words: str = "", headers: Mapping[str, str] | None = None) -> Response:
    """With the protocol's version on it; words are for the person who sends."""
    response = Response(words, status, mimetype="text/plain")
    response.headers.update({"Tus-Resumable": VERSION, **(headers or {})})
    return response


def act(target: Target, upload_id: uuid.UUID) -> Response:
    """What a method of the protocol asks of one upload."""
    return {"HEAD": stands_at, "PATCH": append, "DELETE": end}[request.method](target, upload_id)
