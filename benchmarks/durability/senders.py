"""Families and referrers who send all the time, each form with a mark of its own, and send again what got no answer."""

from __future__ import annotations

import http.client
import http.cookiejar
import itertools
import random
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.error import URLError
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener

from app.samples.check import CheckFailed
from tests.stories.ways import INQUIRY, REFERRAL, Answers, Walker

HANDLE = re.compile(r"/(?:inquiry|referral)/([A-Za-z0-9_-]{22})/")
MARK = re.compile(r"mark[a-z]{6}")
WAITS = 0.05


class Abandoned(Exception):
    """Its sender got no answer and went away, or the run is over."""


@dataclass
class Form:
    """One form of one sender: what was typed, and what came of it."""

    kind: str
    mark: str
    answers: Answers
    handle: str = ""
    receipts: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)  # every control that its sender saw
    lost: int = 0  # requests that were sent and not answered
    refused: int = 0  # connections that nobody took
    given_up: bool = False
    fault: str = ""

    @property
    def door(self) -> str:
        """A floor is a referral."""
        return "inquiry" if self.kind == "inquiry" else "referral"

    @property
    def acknowledged(self) -> bool:
        """Its sender has seen the way to a receipt."""
        return bool(self.receipts)


def marked(answers: Answers, mark: str) -> Answers:
    """The same answers with a mark that no other form has, in a name, an address and free text."""
    words = {
        "contact_family_name": mark, "contact_email": f"{mark}@example.org", "message": f"What of {mark}?",
        "patient_family_name": mark, "referrer_email": f"{mark}@example.org", "clinical_question": f"CAR T, {mark}?",
    }  # fmt: skip
    inquiry = "contact_given_name" in answers
    return {**answers, **{name: [word] for name, word in words.items() if (name in INQUIRY_NAMES) == inquiry}}


INQUIRY_NAMES = {"contact_family_name", "contact_email", "message"}


class Redirects(HTTPRedirectHandler):
    """Notes every receipt that an answer leads to, before it is followed."""

    def __init__(self, receipts: list[str]) -> None:
        self.receipts = receipts

    def redirect_request(self, *given: Any) -> Any:
        """The last argument is where the answer leads."""
        if "/follow/" in given[-1]:
            self.receipts.append(given[-1])
        return super().redirect_request(*given)


class Sender(Walker):
    """A walker whose every request is sent again until it is answered, or (impatient) never again."""

    def __init__(self, base: str, form: Form, over: threading.Event, *, impatient: bool) -> None:
        super().__init__(base)
        self.form, self.over, self.impatient = form, over, impatient
        jar = HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.pressed: tuple[str, Mapping[str, str | list[str]]] = ("", {})
        self.opener = build_opener(jar, Redirects(form.receipts))

    def go(self, path: str, fields: Mapping[str, str | list[str]] | None = None) -> str:
        """One request; the same again after each lost answer."""
        while True:
            try:
                page = super().go(path, fields)
            except (OSError, http.client.HTTPException) as lost:
                if isinstance(lost, URLError) and isinstance(lost.reason, ConnectionRefusedError):
                    self.form.refused += 1
                else:
                    self.form.lost += 1
                    if self.impatient:
                        raise Abandoned from None
                if self.over.wait(WAITS):
                    raise Abandoned from None
            else:
                if fields is not None:
                    self.pressed = (path, fields)
                self.form.handle = (HANDLE.findall(self.url) or [self.form.handle])[-1]
                self.form.asked |= self.controls()
                return page

    def send(self) -> None:
        """The whole form, then for one in four its last button once more: it must lead to the same receipt."""
        self.send_once()
        if random.random() < 0.25:
            self.go(*self.pressed)

    def send_once(self) -> None:
        """The whole form."""
        if self.form.kind == "floor":
            self.go("/referral")
            self.go(self.url, {**self.form.answers, "then": ["send"]})
        elif self.form.kind == "inquiry":
            self.send_inquiry(self.form.answers)
        else:
            self.send_referral(self.form.answers)


@dataclass
class Crowd:
    """Threads of senders beside a server that dies and comes back; every form they began."""

    base: str
    threads: int = 8
    forms: list[Form] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    numbers: Any = field(default_factory=itertools.count)
    running: list[threading.Thread] = field(default_factory=list)
    most: int = 1_000_000

    def start(self) -> None:
        """Begin to send."""
        for number in range(self.threads):
            thread = threading.Thread(target=self.work, args=(number == 0,), daemon=True)
            thread.start()
            self.running.append(thread)

    def work(self, impatient: bool) -> None:  # noqa: FBT001  a thread's argument
        """One form after another."""
        while not self.over.is_set():
            number = next(self.numbers)
            if number >= self.most:
                return
            form = new_form(number)
            self.forms.append(form)
            try:
                Sender(self.base, form, self.over, impatient=impatient).send()
            except Abandoned:
                form.given_up = not form.acknowledged
            except (AssertionError, CheckFailed) as fault:
                form.fault = str(fault)

    def acknowledged(self) -> int:
        """How many forms have a receipt."""
        return sum(form.acknowledged for form in list(self.forms))

    def wait_for(self, count: int, seconds: float = 120) -> None:
        """Until so many forms have a receipt."""
        end = time.monotonic() + seconds
        while self.acknowledged() < count:
            if time.monotonic() > end:
                faults = {form.fault for form in self.forms if form.fault}
                message = f"{self.acknowledged()} of {count} receipts after {seconds} s; {faults}"
                raise TimeoutError(message)
            time.sleep(0.01)

    def finish(self) -> None:
        """Begin no more forms, and let the last ones be answered."""
        self.most = 0
        self.wait()

    def wait(self, seconds: float = 120) -> None:
        """Until every form was answered. The server runs meanwhile."""
        end = time.monotonic() + seconds
        for thread in self.running:
            thread.join(timeout=max(0.0, end - time.monotonic()))
        self.over.set()


def new_form(number: int) -> Form:
    """In turn: a whole inquiry, floors sent at once, a whole referral."""
    kind = {0: "inquiry", 4: "referral"}.get(number % 8, "floor")
    mark = "mark" + "".join(chr(ord("a") + number // 26**place % 26) for place in range(6))
    return Form(kind, mark, marked(INQUIRY if kind == "inquiry" else REFERRAL, mark))
