"""Apps that keep files in a folder and in an S3 store over HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from flask import Flask

from tests.services import s3_server

KEYS = {"S3_ACCESS_KEY": "synthetic", "S3_SECRET_KEY": "synthetic"}


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """A server for the whole run; its address."""
    with s3_server() as address:
        yield address


def bucket_at(address: str) -> dict[str, str]:
    """An empty bucket, as settings."""
    name = f"b{uuid.uuid4().hex}"
    client: Any = boto3.client(
        "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    )
    client.create_bucket(Bucket=name)
    client.close()
    return {"S3_BUCKET": name, "S3_ENDPOINT": address, **KEYS}


@pytest.fixture(params=["folder", "s3"])
def storing(request: pytest.FixtureRequest) -> dict[str, str]:
    """Settings of each store."""
    return {} if request.param == "folder" else bucket_at(request.getfixturevalue("s3"))


@pytest.fixture
def filing(make_app: Callable[..., Flask], storing: dict[str, str]) -> Flask:
    """An app over each database and each store."""
    return make_app(**storing)
