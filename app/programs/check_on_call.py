"""What in an on-call list cannot be paged: names that do not tell people apart, channels that carry nothing."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from app.programs.check_hospital import MAIL
from app.programs.domain import Program
from app.programs.found import TEL, repeated
from app.programs.reading import Fault, Source
from config import is_loopback

DIALED = "This is dialed: write tel:+ with the country code and digits only."
LONGEST_NAME = 60


def of_on_call(program: Program, source: Source) -> Iterator[Fault]:
    """Names that tell people apart, and channels that can carry a page."""
    yield from repeated(source, ("on_call",), (one.name for one in program.on_call), "name")
    for place, one in enumerate(program.on_call):
        if not TEL.match(one.phone.uri):
            yield source.fault(("on_call", place, "phone", "uri"), DIALED)
        if not 1 <= len(one.name) <= LONGEST_NAME:
            yield source.fault(("on_call", place, "name"), f"Write a name of at most {LONGEST_NAME} letters.")
        if one.mail is not None and not MAIL.match(one.mail):
            yield source.fault(
                ("on_call", place, "mail"), "This is not an email address. Write one, as pager@hospital.example.org."
            )
        wrong = webhook_fault(one.webhook) if one.webhook is not None else None
        if wrong:
            yield source.fault(("on_call", place, "webhook"), wrong)


def webhook_fault(address: str) -> str | None:
    """What keeps an address from being a webhook, as a sentence that says the mend; None where nothing does."""
    try:
        parts = urlsplit(address)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return "This is not an address. Write it as https://paging.example.org/pages."
    if not host or not address.isascii() or address != "".join(address.split()):
        return "This is not an address. Write it as https://paging.example.org/pages."
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        return "A page travels over https only (or to this very machine). Write an https address."
    if parts.username is not None or parts.query or parts.fragment:
        return "A secret has no place in the folder: take it out, and set PAGE_WEBHOOK_TOKEN."
    return None
