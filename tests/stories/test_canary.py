"""What people type is readable in no file: a canary in every field, then every byte on disk is looked through."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from flask import Flask

from app.cases.domain import Kind
from app.programs.questions import Tel
from app.samples.load import FORMS, questions
from app.web.fields import Area, Email, Text
from config import ROOT
from tests.conftest import add_people
from tests.services import Mailbox, PostgreSQL, free_port, wait_for
from tests.stories.ways import INQUIRY, REFERRAL, Answers, Walker

WORD = "zqxvokwj"  # the stem of every canary: no word of any language
PHONE = "617555018"  # the beginning of every number
SOUGHT = (WORD, PHONE, "(617) 555-018", "2011-02-23", "february 23, 2011")


def needles(text: str) -> dict[str, bytes]:
    """A text as it would stand in a file, in each way of writing it down. Lower case, but for base64."""
    raw = text.encode()
    found = {
        "utf-8": raw, "utf-16-le": text.encode("utf-16-le"), "utf-16-be": text.encode("utf-16-be"),
        "percent": quote(text).lower().encode(), "percent, all": "".join(f"%{byte:02x}" for byte in raw).encode(),
        "hex": raw.hex().encode(),
    }  # fmt: skip
    for shift in range(3):
        # What stands before and after decides the first and the last digits: the ones between are the text's own.
        whole = base64.b64encode(b"\0" * shift + raw)
        found[f"base64, {shift}"] = whole[(shift * 8 + 5) // 6 : (shift + len(raw)) * 8 // 6]
    return found


def hits(name: str, data: bytes, sought: tuple[str, ...] = SOUGHT) -> list[str]:
    """What of it can be read in these bytes, with its place and neighborhood."""
    low = data.lower()
    found = []
    for text in sought:
        for way, needle in needles(text).items():
            place = (data if way.startswith("base64") else low).find(needle)
            if place >= 0:
                found.append(f"{text!r} as {way} in {name}: {data[max(0, place - 40) : place + 60]!r}")
    return found


def files_under(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file that is there; a server may take one away meanwhile."""
    for path in sorted(folder.rglob("*")):
        with suppress(FileNotFoundError):
            if path.is_file():
                yield str(path.relative_to(folder)), path.read_bytes()


def everywhere(kind: Kind) -> Answers:
    """A canary in each control, lists and numbers too: a form that is not finished yet holds anything."""
    names = [name for form in FORMS[kind] for name in form.names()]
    return {name: [f"{WORD}-{number}"] for number, name in enumerate(names)}


def canaries(kind: Kind, usual: Answers, start: int) -> dict[str, list[str]]:
    """A canary of its own in each field for free text, laid over usual answers."""
    typed = {name: list(values) for name, values in usual.items()}
    for number, (name, field) in enumerate(questions(kind).items(), start):
        if issubclass(field, Email):
            typed[name] = [f"{WORD}{number}@example.org"]
        elif issubclass(field, Tel):
            typed[name] = [f"(617) 555-018{number % 10}"]
        elif issubclass(field, Text | Area):
            typed[name] = [f"{WORD}é{number}"]
    born = "child_dob" if kind is Kind.INQUIRY else "patient_dob"
    return typed | {f"{born}-year": ["2011"], f"{born}-month": ["2"], f"{born}-day": ["23"]}


@contextmanager
def command(log: Path, environment: Mapping[str, str], *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """One of the app's own commands, its output kept in a file."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words], cwd=ROOT, env={**os.environ, **environment},
            stdout=out, stderr=out,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


@contextmanager
def watched(folder: Path, seen: set[tuple[str, bytes]]) -> Iterator[None]:
    """Look at the journal again and again while the block runs: it lives for a few milliseconds."""
    stopped = threading.Event()

    def look() -> None:
        while not stopped.wait(0.005):
            for path in folder.glob("*.sqlite-*"):
                try:
                    seen.add((path.name, path.read_bytes()))
                except FileNotFoundError:
                    continue

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def sent_inquiry(address: str, typed: Answers) -> str:
    """A family's form with canaries, sent, then corrected after sending; its reference."""
    walker = Walker(address)
    check = walker.send_inquiry(typed)
    reference = walker.reference()
    question = check.replace("/check", "/question")
    walker.go(question, {"message": f"{WORD}-corrected", "country": "MX"})
    walker.go(check, {"consent_contact_me": "yes"})
    assert "We have your change too" in walker.page
    return reference


def sent_referral(address: str, typed: Answers) -> str:
    """A practice's form with canaries, everything typed on both pages; its reference."""
    walker = Walker(address)
    walker.go("/referral")
    walker.go(walker.url, typed)
    walker.go(walker.url, typed)
    walker.walk(typed)
    return walker.reference()


def left_unfinished(address: str, inquiry: Answers, referral: Answers) -> None:
    """Forms with a canary in every control, lists and numbers included: refused, and kept as they were typed."""
    walker = Walker(address)
    walker.go("/inquiry")
    walker.go("/inquiry", {})
    first = walker.url
    for slug, refused in (("you", True), ("child", True), ("treatment", True), ("question", False)):
        where = walker.status_of(first.replace("/you", f"/{slug}"), inquiry)[1]
        assert where.endswith("?wrong=yes") is refused, slug
    walker.go(first)
    assert f"{WORD}-7" in walker.page
    walker.go("/referral")
    first = walker.url
    for slug, refused in (("patient", True), ("clinical", False)):
        where = walker.status_of(first.replace("/patient", f"/{slug}"), referral)[1]
        assert where.endswith("?wrong=yes") is refused, slug
    walker.go("/referral/codes", {"words": f"{WORD} leukemia"})


def typed_on_the_desk(address: str, reference: str) -> None:
    """Search, note, reason and details of a contact; and the same after the session is lost."""
    desk = Walker(address)
    desk.sign_in()
    desk.go("/desk/search", {"q": f"{WORD}é100"})
    desk.go("/desk/search", {"q": f"{WORD} {PHONE}1"})
    case = f"/desk/cases/{reference}"
    desk.go(case)
    party = desk.page.split('name="party"', 1)[1].split('<option value="', 1)[1].split('"', 1)[0]
    desk.go(f"{case}/note", {"body": f"{WORD} in a note\nand a second line"})
    desk.go(f"{case}/contact", {"party": party, "channel": "phone", "outcome": "reached", "detail": f"{WORD} reached"})
    desk.go(f"{case}/status", {"seen": "new", "to": "withdrawn", "reason": f"{WORD} is a reason"})
    for words in ("in a note", "reached", "is a reason"):
        assert f"{WORD} {words}" in desk.page
    stranger = Walker(address)
    stranger.go("/sign-in")
    assert stranger.status_of(f"{address}{case}/note", {"body": [f"{WORD} typed by a stranger"]})[0] == 401
    assert stranger.status_of(f"{address}/sign-in", {"email": [f"{WORD}@example.org"], "password": [WORD]})[0] == 401
    with pytest.raises(HTTPError):
        urlopen(f"{address}/nothing?q={WORD}", timeout=30)


def test_what_is_typed_is_in_no_file_no_log_and_no_mail(
    make_app: Callable[..., Flask], request: pytest.FixtureRequest, tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory, mailbox: tuple[Mailbox, int],
) -> None:  # fmt: skip
    app = make_app()
    add_people(app)
    (box, mail_port), port = mailbox, free_port()
    settings, logs = app.extensions["settings"], tmp_path_factory.mktemp("logs") / "stderr"
    journal: set[tuple[str, bytes]] = set()
    environment = {
        "INSTANCE_DIR": str(tmp_path), "DATABASE_URL": settings.database_url, "LIMIT_DRAFT_POSTS": "0",
        "LIMIT_ADDRESS_POSTS": "0", "LIMIT_ADDRESS_STARTS": "0", "LOG_LEVEL": "DEBUG",
    }  # fmt: skip
    by_mail = environment | {"MAIL_HOST": "127.0.0.1", "MAIL_PORT": str(mail_port), "MAIL_TLS": "0"}
    address = f"http://127.0.0.1:{port}"
    with app.test_request_context():
        begun = [everywhere(kind) for kind in (Kind.INQUIRY, Kind.REFERRAL)]
        typed = canaries(Kind.INQUIRY, INQUIRY, 100) | {"postal_code": [f"{WORD}7"], "country": ["MX"]}
        referred = canaries(Kind.REFERRAL, REFERRAL, 300)
    with command(logs, environment, "serve", "--port", str(port)), watched(tmp_path, journal):
        wait_for(lambda: urlopen(f"{address}/healthz", timeout=5).close())
        left_unfinished(address, *begun)
        reference = sent_inquiry(address, typed)
        with command(logs, environment, "worker", "--once") as worker:
            assert worker.wait(timeout=60) == 0
        assert reference in logs.read_text(encoding="utf-8"), "the console got no letter"
        referral = sent_referral(address, referred)
        with command(logs, by_mail, "worker", "--once") as worker:
            assert worker.wait(timeout=60) == 0
        typed_on_the_desk(address, reference)
        read_on_the_desk(address, {reference: typed, referral: referred})
        found = [line for name, data in files_under(tmp_path) for line in hits(name, data)]
    found += [line for name, data in [*files_under(tmp_path), *journal] for line in hits(name, data)]
    found += hits("the log", logs.read_bytes())
    assert any(WORD in letter["To"] for letter in box.letters), "no receipt was mailed"
    for letter in box.letters:
        for envelope in ("To", "X-RcptTo"):
            del letter[envelope]
        found += hits("a mail", letter.as_bytes())
    database = b"".join(data for _name, data in files_under(tmp_path))
    if "postgresql" in request.node.name:
        server: PostgreSQL = request.getfixturevalue("postgresql")
        if server.folder is None:
            pytest.skip("the server of TEST_DATABASE_URL keeps its folder to itself")
        server.run("checkpoint")
        database = b"".join(data for _name, data in files_under(server.folder))
        found += hits("PostgreSQL's folder", database)
    assert found == []
    # The search can find: what is stored in the open is there.
    assert hits("the database", database, (reference.lower(),))


def read_on_the_desk(address: str, sent: Mapping[str, Answers]) -> None:
    """Every canary arrived: it stands on the case page."""
    desk = Walker(address)
    desk.sign_in()
    for reference, typed in sent.items():
        desk.go(f"/desk/cases/{reference}")
        lost = [one for values in typed.values() for one in values if WORD in one and one not in desk.page]
        assert lost == []


@pytest.mark.parametrize(
    "written",
    [
        WORD.encode(), WORD.upper().encode(), WORD.encode("utf-16-le"), f"é{WORD}".encode("utf-16-be"),
        *(base64.b64encode(b"x" * shift + WORD.encode() + b"rest") for shift in range(3)),
        "".join(f"%{byte:02X}" for byte in WORD.encode()).encode(), WORD.encode().hex().encode(),
    ],
)  # fmt: skip
def test_the_search_finds_each_way_of_writing(written: bytes) -> None:
    assert hits("a file", b"\x00\x01binary" + written + b"\xff") != []
    assert hits("a file", b"\x00\x01binary\xff") == []
