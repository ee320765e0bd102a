"""A page to a real web server: what it carries, and every way in which the other side may fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.delivery import webhook
from app.delivery.service import NotDelivered
from app.delivery.webhook import post_page
from config import Settings
from tests.services import WebhookSink, free_port, webhook_sink

PAGE = {"reference": "7KQ4-M2XH-9", "link": "http://127.0.0.1:8000/page/x", "text": "Page"}


@pytest.fixture
def sink() -> Iterator[WebhookSink]:
    """A web server that takes pages."""
    with webhook_sink() as made:
        yield made


def test_it_carries_the_page_the_mark_and_the_token(sink: WebhookSink) -> None:
    post_page(Settings(page_webhook_token="s3cret"), f"{sink.address}/pages", PAGE, "mark")
    assert sink.pages == [PAGE]
    assert sink.headers[0]["Authorization"] == "Bearer s3cret"
    assert sink.headers[0]["Idempotency-Key"] == "mark"


def test_without_a_token_none_is_sent(sink: WebhookSink) -> None:
    post_page(Settings(), sink.address, PAGE, "mark")
    assert "Authorization" not in sink.headers[0]


@pytest.mark.parametrize("status", [302, 401, 500])
def test_whatever_is_no_yes_is_a_failure_and_no_redirect_is_followed(sink: WebhookSink, status: int) -> None:
    sink.status = status
    with pytest.raises(NotDelivered) as failed:
        post_page(Settings(), sink.address, PAGE, "mark")
    assert failed.value.fault == f"http_{status}"
    assert len(sink.pages) == 1


def test_a_server_that_hangs_or_is_away_is_given_up(sink: WebhookSink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", 0.3)
    sink.status = None
    with pytest.raises(NotDelivered, match="TimeoutError"):
        post_page(Settings(), sink.address, PAGE, "mark")
    with pytest.raises(NotDelivered, match="ConnectionRefusedError"):
        post_page(Settings(), f"http://127.0.0.1:{free_port()}", PAGE, "mark")


def test_a_demonstration_prints_the_page(sink: WebhookSink, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    post_page(Settings(instance_dir=tmp_path, demo=True), sink.address, PAGE, "mark")
    assert sink.pages == []
    assert "not sent" in capsys.readouterr().err
