"""How a message travels: to the SMTP server that the settings name, or to the console without its address."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from app.core.logs import init_logs
from app.delivery.service import Letter, NotDelivered, send_mail, send_text
from config import Settings
from tests.services import Mailbox, free_port

LETTER = Letter("to@example.org", "Subject ü", "Body ✓\n", "Wrenfield forms", "forms@example.org", "<1@example.org>")


def settings(folder: Path, **more: str) -> Settings:
    """Settings over a folder."""
    return Settings.from_environment({"INSTANCE_DIR": str(folder), "MAIL_TLS": "no", **more})


def test_a_letter_arrives_as_it_was_written(tmp_path: Path, mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    send_mail(settings(tmp_path, MAIL_HOST="127.0.0.1", MAIL_PORT=str(port)), LETTER)
    (letter,) = box.letters
    payload: Any = letter.get_payload(decode=True)
    assert payload.decode().strip() == "Body ✓"
    assert letter["Message-ID"] == "<1@example.org>"
    assert letter["From"] == "Wrenfield forms <forms@example.org>"


@pytest.mark.parametrize(
    ("answer", "final"), [("550 no", True), ("552 full", True), ("421 busy", False), ("450 later", False)]
)
def test_only_a_refusal_of_the_500s_is_final(
    tmp_path: Path, mailbox: tuple[Mailbox, int], answer: str, *, final: bool
) -> None:
    box, port = mailbox
    box.refuse = answer
    with pytest.raises(NotDelivered) as refused:
        send_mail(settings(tmp_path, MAIL_HOST="127.0.0.1", MAIL_PORT=str(port)), LETTER)
    assert (refused.value.fault, refused.value.final) == (f"smtp_{answer[:3]}", final)


def test_a_server_that_is_away_is_tried_again(tmp_path: Path) -> None:
    with pytest.raises(NotDelivered) as refused:
        send_mail(settings(tmp_path, MAIL_HOST="127.0.0.1", MAIL_PORT=str(free_port())), LETTER)
    assert (refused.value.fault, refused.value.final) == ("ConnectionRefusedError", False)


@pytest.mark.parametrize("to", ["ünal@example.org", "a@bücher.example.org"])
def test_an_address_that_the_server_cannot_spell_is_no_crash(
    tmp_path: Path, mailbox: tuple[Mailbox, int], to: str
) -> None:
    _box, port = mailbox
    with suppress(NotDelivered):
        send_mail(
            settings(tmp_path, MAIL_HOST="127.0.0.1", MAIL_PORT=str(port)), Letter(to, "s", "b", "n", "f@example.org")
        )


def test_a_line_break_cannot_enter_a_header(tmp_path: Path, mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    with pytest.raises(ValueError, match="Header"):
        send_mail(
            settings(tmp_path, MAIL_HOST="127.0.0.1", MAIL_PORT=str(port)),
            Letter("a@example.org", "s\nBcc: b@example.org", "b", "n", "forms@example.org"),
        )
    assert box.letters == []


def test_the_console_is_told_all_but_the_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    send_mail(settings(tmp_path), LETTER)
    printed = capsys.readouterr().err
    assert "Body ✓" in printed
    assert "to@example.org" not in printed


def test_a_text_without_a_channel_is_refused_for_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotDelivered) as refused:
        send_text(settings(tmp_path), "words")
    assert refused.value.final
    console = settings(tmp_path, TEXT_CHANNEL="console")
    init_logs(console)
    send_text(console, "words")
    assert "words" in capsys.readouterr().err
