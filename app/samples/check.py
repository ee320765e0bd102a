"""`flask demo --check`: one inquiry and one referral over HTTP, read back on the desk. Knows the site by its pages only."""

from __future__ import annotations

import http.cookiejar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

SECONDS = 30
INQUIRY: tuple[Mapping[str, str], ...] = (
    {
        "relationship": "mother", "contact_given_name": "Odalys", "contact_phone": "(617) 555-0119",
        "contact_email": "odalys.check@example.org", "preferred_language": "es", "interpreter_needed": "yes",
    },
    {
        "child_given_name": "Itzel", "child_family_name": "Checkova", "child_dob-month": "March",
        "child_dob-day": "27", "child_dob-year": "2019", "diagnosis": "sickle_cell", "in_hospital_now": "no",
    },
    {"consent_contact_doctor": "no"},
    {"message": "Is gene therapy something for her?"},
    {"consent_contact_me": "yes"},
)  # fmt: skip
REFERRAL: Mapping[str, str] = {
    "patient_given_name": "Barnaby", "patient_family_name": "Checkwell", "patient_dob-month": "4",
    "patient_dob-day": "3", "patient_dob-year": "2018", "icd10cm": "C91.02", "urgency": "expedited",
    "family_aware": "yes", "referrer_given_name": "Tamsin", "back_line_phone": "(413) 555-0112", "then": "send",
}  # fmt: skip


class CheckFailed(Exception):
    """What failed, in a sentence."""


@dataclass
class Visitor:
    """A browser of few words."""

    base: str
    url: str = ""
    page: str = ""
    kept: dict[str, str] = field(default_factory=dict)
    opener: OpenerDirector = field(
        default_factory=lambda: build_opener(HTTPCookieProcessor(http.cookiejar.CookieJar()))
    )

    def go(self, path: str, fields: Mapping[str, str | list[str]] | None = None) -> str:
        """Open a page, or post the form on this one with its hidden fields. Raises CheckFailed."""
        data = None if fields is None else urlencode({**self.hidden(), **fields}, doseq=True).encode()
        target = urljoin(self.base, path)
        try:
            with self.opener.open(target, data, timeout=SECONDS) as answer:  # the scheme is ours: loopback http
                self.url, self.page = answer.url, answer.read().decode()
                self.hidden()
        except HTTPError as refused:
            message = f"{target.removeprefix(self.base)} answered {refused.code}"
            raise CheckFailed(message) from refused
        return self.page

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the last page that had a form."""
        self.kept = (
            dict(re.findall(r'<input type="hidden" name="(csrf_token|issued)" value="([^"]*)"', self.page)) or self.kept
        )
        return self.kept

    def reference(self) -> str:
        """The reference on a receipt."""
        found = re.search(r"<strong>([0-9A-Z-]{11})</strong>", self.page)
        if "/follow/" not in self.url or found is None:
            message = f"no receipt after sending, but {self.url.removeprefix(self.base)}"
            raise CheckFailed(message)
        return found.group(1)


def send_inquiry(base: str) -> str:
    """A family's way through its door; returns the reference."""
    visitor = Visitor(base)
    visitor.go("/inquiry")
    visitor.go("/inquiry", {})
    for fields in INQUIRY:
        visitor.go(visitor.url, fields)
    return visitor.reference()


def send_referral(base: str) -> str:
    """A referrer's way: the floor, sent at once."""
    visitor = Visitor(base)
    visitor.go("/referral")
    visitor.go(visitor.url, REFERRAL)
    return visitor.reference()


def read_back(base: str, email: str, password: str, reference: str, words: tuple[str, ...]) -> None:
    """A coordinator finds the case and reads what was sent. Raises CheckFailed."""
    visitor = Visitor(base)
    visitor.go("/sign-in")
    visitor.go("/sign-in", {"email": email, "password": password})
    if "/desk" not in visitor.url:
        message = "the coordinator could not sign in"
        raise CheckFailed(message)
    visitor.go("/desk/search", {"q": reference})
    if reference not in visitor.page:
        message = f"search does not find {reference}"
        raise CheckFailed(message)
    read = unescape(visitor.go(f"/desk/cases/{reference}"))
    missing = [word for word in words if word not in read]
    if missing:
        message = f"the case page lacks {', '.join(missing)}"
        raise CheckFailed(message)


def check(base: str, email: str, password: str) -> list[str]:
    """The whole way; returns what was done, a line each. Raises CheckFailed."""
    inquiry, referral = send_inquiry(base), send_referral(base)
    read_back(base, email, password, inquiry, ("Itzel", "Checkova", "Is gene therapy something for her?"))
    read_back(base, email, password, referral, ("Barnaby", "Checkwell", "C91.02"))
    return [
        f"inquiry sent, receipt {inquiry}, read on the desk",
        f"referral sent, receipt {referral}, read on the desk",
    ]
