"""Settings: every fault at once, a demonstration kept harmless, and nothing careless before real families."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from config import Settings, SettingsError

REAL = {"PUBLIC_URL": "https://intake.example.org", "MAIL_HOST": "mail.example.org"}


def faults_of(**given: str) -> set[str]:
    """Names of the settings that are at fault."""
    try:
        Settings.from_environment(given)
    except SettingsError as error:
        return {fault.partition(":")[0] for fault in error.faults}
    return set()


def test_the_defaults_serve_on_loopback() -> None:
    settings = Settings.from_environment({})
    assert settings == Settings()
    assert not settings.https
    assert settings.database.startswith("sqlite:///")


def test_every_fault_is_listed_at_once() -> None:
    assert faults_of(
        PUBLIC_URL="ftp://x", MAIL_PORT="many", DEMO="perhaps", IDLE_MINUTES="0", INSTANCE_ID="x", TEXT_CHANNEL="pigeon",
        DRAFT_DAYS="-1", MASTER_KEY="not base64", LIMIT_DRAFT_POSTS="often",
    ) == {
        "PUBLIC_URL", "MAIL_PORT", "DEMO", "IDLE_MINUTES", "INSTANCE_ID", "TEXT_CHANNEL", "DRAFT_DAYS", "MASTER_KEY",
        "LIMIT_DRAFT_POSTS", "MAIL_HOST",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "at_fault"),
    [
        ({"PUBLIC_URL": "http://intake.example.org", "MAIL_HOST": "m"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "http://10.0.0.1", "MAIL_HOST": "m"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "intake.example.org"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://intake.example.org"}, "MAIL_HOST"),
        ({**REAL, "TEXT_CHANNEL": "console"}, "TEXT_CHANNEL"),
        ({**REAL, "MINIMUM_FILL_SECONDS": "0"}, "MINIMUM_FILL_SECONDS"),
        ({**REAL, "LIMIT_DRAFT_POSTS": "0 per hour"}, "LIMIT_DRAFT_POSTS"),
        ({**REAL, "LIMIT_ADDRESS_POSTS": " 0"}, "LIMIT_ADDRESS_POSTS"),
        ({**REAL, "LIMIT_ADDRESS_STARTS": "0"}, "LIMIT_ADDRESS_STARTS"),
        ({**REAL, "LIMIT_ADDRESS_SIGN_INS": "0"}, "LIMIT_ADDRESS_SIGN_INS"),
        ({"WORKER_IN_PROCESS": "1", "DATABASE_URL": "postgresql://x"}, "WORKER_IN_PROCESS"),
        ({"DEMO": "1", "MAIL_HOST": "mail.example.org"}, "MAIL_HOST"),
        ({"DEMO": "1", "PUBLIC_URL": "https://intake.example.org"}, "PUBLIC_URL"),
        ({"LOCKOUT_FAILURES": "0"}, "LOCKOUT_FAILURES"),
    ],
)
def test_one_fault_is_named(given: dict[str, str], at_fault: str) -> None:
    assert faults_of(**given) == {at_fault}


def test_what_is_right_starts() -> None:
    assert faults_of(**REAL) == set()
    assert faults_of(DEMO="yes", MAIL_HOST="127.0.0.1") == set()
    for address in ("http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000", "http://127.8.8.8"):
        assert faults_of(PUBLIC_URL=address, LIMIT_DRAFT_POSTS="0", MINIMUM_FILL_SECONDS="0") == set(), address
    assert Settings.from_environment(REAL).https


def test_the_key_lies_in_the_folder_unless_it_is_said_otherwise(tmp_path: Path) -> None:
    assert Settings.from_environment({"INSTANCE_DIR": str(tmp_path)}).master_key_file == tmp_path / "master.key"
    other = Settings.from_environment({"INSTANCE_DIR": str(tmp_path), "MASTER_KEY_FILE": "/run/key"})
    assert other.master_key_file == Path("/run/key")


def test_every_setting_says_what_it_is_and_an_empty_one_is_its_default() -> None:
    assert all(one.metadata["doc"].endswith(".") for one in fields(Settings))
    assert Settings.from_environment({one.name.upper(): "" for one in fields(Settings)}) == Settings()
