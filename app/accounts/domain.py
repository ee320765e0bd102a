"""Rules of accounts in plain Python: passwords, the end of a session, paths that a sign-in may lead to."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

SHORTEST_PASSWORD = 15  # NIST SP 800-63B-4, where a password is the only factor
LONGEST_PASSWORD = 256
FEWEST_DIFFERENT = 5
LONGEST_PATH = 2000
# Words that stand in the heads of all who work here, the usual long passwords, and runs on the keyboard.
GUESSABLE = (
    "password", "passphrase", "passwort", "contrasena", "letmein", "welcome", "changeme", "secret",
    "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwerty", "abcdefghijklmnopqrstuvwxyz", "iloveyou", "sunshine",
    "football", "princess", "monkey", "dragon", "admin", "administrator", "coordinator", "manager",
    "login", "signin", "desk", "intake", "wicket", "hospital", "children", "childrens", "pediatric",
    "clinic", "therapy", "program", "transplant", "cell", "gene", "spring", "summer", "autumn", "winter",
    "the", "and", "my", "is", "for", "1234567890", "0987654321", "123456", "12345", "1234", "123",
)  # fmt: skip
YEAR = re.compile(r"(19|20)[0-9]{2}")


class PasswordFault(StrEnum):
    """Why a password is refused."""

    SHORT = "short"
    LONG = "long"
    GUESSABLE = "guessable"


class Ended(StrEnum):
    """Why a session is over."""

    IDLE = "idle"
    ABSOLUTE = "absolute"
    REVOKED = "revoked"  # signed out elsewhere, disabled, or a new password


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the signed cookie says of a session."""

    user_id: uuid.UUID
    uniquifier: str
    since: datetime
    seen: datetime


def normalise_email(typed: str) -> str:
    """How an address is kept and looked up: one spelling whatever the keyboard made of it."""
    # A NUL is no part of any address, and PostgreSQL cannot even be asked for one.
    return unicodedata.normalize("NFKC", typed).replace("\0", "\ufffd").strip().casefold()


def password_fault(password: str, own_words: Iterable[str]) -> PasswordFault | None:
    """Length and guessability, no rules of composition. `own_words`: name, address, program."""
    if len(password) < SHORTEST_PASSWORD:
        return PasswordFault.SHORT
    if len(password) > LONGEST_PASSWORD:
        return PasswordFault.LONG
    own = {folded(part) for word in own_words for part in re.split(r"[\W_]+", word)}
    rest = folded(password)
    for word in sorted({*GUESSABLE, *own}, key=len, reverse=True):
        if len(word) > 1:
            rest = rest.replace(word, "")
    # Only a password that consists of such words as a whole is refused, never one that merely has one in it.
    return PasswordFault.GUESSABLE if len(set(YEAR.sub("", rest))) < FEWEST_DIFFERENT else None


def folded(text: str) -> str:
    """Letters and digits alone, without case and accents: signs between known words hide nothing."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in decomposed if letter.isalnum())


def session_end(state: SignedIn, at: datetime, idle: timedelta, absolute: timedelta) -> Ended | None:
    """Why the session is over at this instant, or None. A clock set back never ends one."""
    if at - state.since >= absolute:
        return Ended.ABSOLUTE
    if at - state.seen >= idle:
        return Ended.IDLE
    return None


def own_path(typed: str) -> str | None:
    """A path on this very site, with its query, or None: never another host, scheme or a trick of slashes."""
    if not typed.startswith("/") or len(typed) > LONGEST_PATH:
        return None
    if "\\" in typed or any(unicodedata.category(letter) in {"Cc", "Cf", "Cs"} for letter in typed):
        return None
    try:
        parts = urlsplit(typed)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or parts.path.startswith("//"):
        return None
    return typed
