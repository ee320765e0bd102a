"""Settings: one frozen, typed object made from the environment; every fault is reported at once.

Knows nothing of `app/`. The table in docs/settings.md is generated from the fields below.
"""

from __future__ import annotations

import base64
import ipaddress
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class SettingsError(ValueError):
    """Lists every fault found, a line each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("The settings cannot be used:\n" + "\n".join(f"- {fault}" for fault in faults))


def setting(default: object, doc: str) -> Any:  # noqa: ANN401  a field() of any type, as dataclasses type it
    """Declare one setting: its default and the sentence that documents it."""
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, slots=True)
class Settings:
    """Every field is read from the environment variable of the same name in upper case."""

    instance_dir: Path = setting(ROOT / "instance", "Folder of the keys, the embedded database and the files.")
    database_url: str = setting("", "SQLAlchemy address of the database. Empty: SQLite in the instance folder.")
    public_url: str = setting(
        "http://127.0.0.1:8000",
        "Address under which people reach the service. Decides Secure cookies, HSTS and the host in mails; "
        "plain http is accepted on loopback only.",
    )
    master_key: str = setting("", "Base64 of 32 bytes that wrap every data key. Wins over MASTER_KEY_FILE.")
    master_key_file: Path = setting(ROOT / "instance" / "master.key", "File that holds the master key.")
    instance_id: str = setting("", "Id of this installation (a UUID), the same for all its processes. Empty: a file.")
    program_dir: Path = setting(ROOT / "app" / "programs" / "data" / "wrenfield", "Folder of the program in force.")
    demo: bool = setting(False, "Demonstration: says so on every page, loopback only, never a real mail host.")
    mail_host: str = setting("", "SMTP server. Empty: mails are printed to the log's console instead.")
    mail_port: int = setting(587, "Port of the SMTP server.")
    mail_username: str = setting("", "Name to sign in to the SMTP server with.")
    mail_password: str = setting("", "Password to sign in to the SMTP server with.")
    mail_tls: bool = setting(True, "Start TLS before anything is said to the SMTP server.")
    page_webhook_token: str = setting("", "Secret that pages to a webhook carry as a bearer token. Empty: none.")
    text_channel: str = setting("", "Channel of text messages: empty (none is offered) or console.")
    idle_minutes: int = setting(15, "A staff session ends after this long without a request.")
    absolute_hours: int = setting(12, "A staff session ends this long after the sign-in, whatever happens.")
    lockout_failures: int = setting(10, "Failed sign-ins to one account before it is locked for a while.")
    lockout_minutes: int = setting(15, "How long a locked account stays locked.")
    draft_days: int = setting(30, "How long a form that was begun is kept.")
    max_form_bytes: int = setting(2_000_000, "Largest body of a form, in bytes.")
    max_form_fields: int = setting(400, "Most fields in one form.")
    max_file_bytes: int = setting(100_000_000, "Largest file, in bytes.")
    max_case_bytes: int = setting(500_000_000, "All files of one case together, in bytes.")
    upload_hours: int = setting(24, "How long a file that was begun to be sent can be gone on with.")
    files_dir: Path = setting(ROOT / "instance" / "files", "Folder of the sealed files, where no S3_BUCKET is named.")
    s3_bucket: str = setting("", "Bucket of an S3-compatible store for the sealed files. Empty: FILES_DIR.")
    s3_endpoint: str = setting("", "Address of the S3-compatible store. Empty: Amazon's, of S3_REGION.")
    s3_region: str = setting("us-east-1", "Region of the S3-compatible store.")
    s3_access_key: str = setting("", "Name to sign in to the S3-compatible store with.")
    s3_secret_key: str = setting("", "Secret to sign in to the S3-compatible store with.")
    clamd: str = setting(
        "", "Malware scanner clamd: the path of its socket, or host:port. Empty: no file can be opened on the desk."
    )
    limit_draft_posts: str = setting("120 per hour", "Posts to one form that was begun.")
    limit_address_posts: str = setting("3000 per hour", "Posts of forms from one network address.")
    limit_address_starts: str = setting("300 per hour", "Forms begun from one network address.")
    limit_address_sign_ins: str = setting("2000 per hour", "Failed sign-ins from one network address.")
    minimum_fill_seconds: int = setting(
        3, "A form sent faster than this is accepted and flagged as possibly automatic."
    )
    worker_in_process: bool = setting(False, "Run the worker inside the web process (the demonstration does).")
    trusted_proxies: int = setting(0, "How many proxies in front set X-Forwarded-For and -Proto.")
    log_level: str = setting("INFO", "Least severe log line that is written.")

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read every setting; raises SettingsError with all faults together."""
        faults: list[str] = []
        values: dict[str, Any] = {}
        for spec in fields(cls):
            raw = environment.get(spec.name.upper())
            if raw is None or raw == "":
                continue
            try:
                values[spec.name] = READERS[str(spec.type)](raw)
            except ValueError as fault:
                faults.append(f"{spec.name.upper()}: {fault}")
        if "instance_dir" in values:
            values.setdefault("master_key_file", values["instance_dir"] / "master.key")
            values.setdefault("files_dir", values["instance_dir"] / "files")
        settings = cls(**values)
        faults.extend(settings.faults())
        if faults:
            raise SettingsError(faults)
        return settings

    def faults(self) -> list[str]:
        """Everything that contradicts itself, as sentences that say the mend."""
        found: list[str] = []
        url = urlsplit(self.public_url)
        if url.scheme not in {"http", "https"} or not url.hostname:
            found.append("PUBLIC_URL: write a whole address, such as https://intake.example.org")
        elif url.scheme == "http" and not is_loopback(url.hostname):
            found.append("PUBLIC_URL: plain http is for loopback only; use https")
        if self.demo and self.mail_host and not is_loopback(self.mail_host):
            found.append("MAIL_HOST: a demonstration never mails through a real host; leave it empty")
        if self.demo and url.hostname and not is_loopback(url.hostname):
            found.append("PUBLIC_URL: a demonstration is served on loopback only")
        if self.instance_id and not is_uuid(self.instance_id):
            found.append("INSTANCE_ID: write a UUID, or leave it empty")
        if self.master_key and not is_key(self.master_key):
            found.append("MASTER_KEY: must be the base64 of 32 bytes")
        found += [f"{name.upper()}: write a number and a time, such as 120 per hour" for name in LIMITS
                  if not LIMIT.fullmatch(getattr(self, name).strip())]  # fmt: skip
        if self.clamd and not CLAMD.fullmatch(self.clamd):
            found.append("CLAMD: write the path of its socket, or host:port")
        if self.text_channel not in {"", "console"}:
            found.append("TEXT_CHANNEL: use console, or leave it empty")
        if not self.demo and self.worker_in_process and self.database_url.startswith("postgresql"):
            found.append("WORKER_IN_PROCESS: run `flask worker` beside PostgreSQL instead")
        found += [f"{name.upper()}: must be at least 1" for name in POSITIVE if getattr(self, name) < 1]
        return found + ([] if self.demo else self._production_faults())

    def _production_faults(self) -> list[str]:
        """What load and attack runs may switch off on loopback, and what must never reach real families."""
        url = urlsplit(self.public_url)
        if url.hostname is None or is_loopback(url.hostname):
            return []
        found = []
        if self.minimum_fill_seconds < 1:
            found.append("MINIMUM_FILL_SECONDS: 0 is for load runs on loopback only")
        found += [
            f"{name.upper()}: '{getattr(self, name)}' switches the limit off; that is for loopback only"
            for name in LIMITS
            if getattr(self, name).strip().startswith("0")
        ]
        if not self.mail_host:
            found.append("MAIL_HOST: name the mail server; without one receipts would be printed to the log")
        if self.text_channel == "console":
            found.append("TEXT_CHANNEL: console reaches nobody; leave it empty until a channel exists")
        return found

    @property
    def database(self) -> str:
        """The database's address, with the embedded default filled in."""
        return self.database_url or f"sqlite:///{self.instance_dir / 'wicket.sqlite'}"

    @property
    def https(self) -> bool:
        """Whether people come over https: decides Secure cookies, the `__Host-` prefix and HSTS."""
        return urlsplit(self.public_url).scheme == "https"


LIMITS = ("limit_draft_posts", "limit_address_posts", "limit_address_starts", "limit_address_sign_ins")
LIMIT = re.compile(r"0.*|[1-9]\d* ?(per|/) ?(\d+ ?)?(second|minute|hour|day)s?")
CLAMD = re.compile(r"/.+|[^/\s]+:\d{1,5}")
POSITIVE = (
    "idle_minutes", "absolute_hours", "lockout_failures", "lockout_minutes",
    "draft_days", "max_form_bytes", "max_form_fields", "max_file_bytes", "max_case_bytes", "upload_hours",
)  # fmt: skip


def is_loopback(host: str) -> bool:
    """Whether a host name or address can only be this machine."""
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def is_key(text: str) -> bool:
    """Whether a text is the base64 of 32 bytes."""
    try:
        return len(base64.b64decode(text, validate=True)) == 32
    except ValueError:
        return False


def read_bool(raw: str) -> bool:
    """Read yes or no in its usual spellings."""
    word = raw.strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off"}:
        return False
    message = f"'{raw}' is neither yes nor no"
    raise ValueError(message)


def read_int(raw: str) -> int:
    """Read a whole number, not below zero."""
    if not raw.strip().isdigit():
        message = f"'{raw}' is not a whole number"
        raise ValueError(message)
    return int(raw)


READERS: dict[str, Callable[[str], object]] = {
    "str": str.strip,
    "int": read_int,
    "bool": read_bool,
    "Path": lambda raw: Path(raw).expanduser().resolve(),
}
