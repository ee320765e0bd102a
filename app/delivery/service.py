"""How a message travels: SMTP where a host is set, the console otherwise; texts only where a channel is configured.

A template's text carries a reference, a link and the program's neutral words: nothing that a sender typed can enter.
"""

from __future__ import annotations

import smtplib
import ssl
import sys
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formataddr, make_msgid

from app.core.logs import log
from config import Settings

TIMEOUT = 20


class NotDelivered(Exception):
    """The other side did not take it; `fault` is a short code. `final` when trying again is useless."""

    def __init__(self, fault: str, *, final: bool = False) -> None:
        super().__init__(fault)
        self.fault = fault
        self.final = final


class NoSuchMailbox(NotDelivered):
    """The server refuses this one address for good; a refusal of our own sign-in or sender is no such thing."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one address, in plain text."""

    to: str
    subject: str
    body: str
    sender_name: str
    sender_address: str
    message_id: str = ""


def send_mail(settings: Settings, letter: Letter) -> None:
    """Hand a letter to the SMTP server, or print it. Raises NotDelivered."""
    message = EmailMessage()
    message["From"] = formataddr((letter.sender_name, letter.sender_address))
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Message-ID"] = letter.message_id or make_msgid(domain=letter.sender_address.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.body)
    if not settings.mail_host:
        print_letter(letter)
        return
    try:
        with smtplib.SMTP(settings.mail_host, settings.mail_port, timeout=TIMEOUT) as server:
            if settings.mail_tls:
                server.starttls(context=ssl.create_default_context())
            if settings.mail_username:
                server.login(settings.mail_username, settings.mail_password)
            server.send_message(message)
    except smtplib.SMTPResponseException as error:
        raise NotDelivered(f"smtp_{error.smtp_code}", final=500 <= error.smtp_code < 600) from None
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        final = 500 <= code < 600
        raise (NoSuchMailbox if final else NotDelivered)(f"smtp_{code}", final=final) from None
    except (smtplib.SMTPException, OSError) as error:
        raise NotDelivered(type(error).__name__) from None


def print_letter(letter: Letter) -> None:
    """The console twin: everything but the address, which is somebody's."""
    sys.stderr.write(f"--- mail (not sent: no MAIL_HOST) ---\nSubject: {letter.subject}\n\n{letter.body}\n---\n")
    sys.stderr.flush()


def send_text(settings: Settings, body: str) -> None:
    """Send a text message through the configured channel. Raises NotDelivered where there is none."""
    if settings.text_channel != "console":
        raise NotDelivered("no_text_channel", final=True)
    sys.stderr.write(f"--- text message (console) ---\n{body}\n---\n")
    sys.stderr.flush()
    log().info("text_printed")
