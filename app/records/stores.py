"""Where sealed pieces of files lie: a local folder, or any S3-compatible store. Four methods, the same promises.

A piece is whole and durable when `put` returns. Names are made here, of ids and random letters; nothing typed is in one.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from flask import current_app

from app.core.files import sync_folder
from config import Settings

TOKENS_AT_ONCE = 1000  # of one request to an S3 store
# A store that hangs must not hold a family's request for minutes.
S3_PATIENCE = Config(connect_timeout=5, read_timeout=30, retries={"max_attempts": 3, "mode": "standard"})


class StoreAway(Exception):
    """The store cannot be reached, is full or lacks a piece that it was given."""


class Store(Protocol):
    """What a store can do."""

    def put(self, file_id: uuid.UUID, token: str, piece: bytes) -> None:
        """Keep a piece, durably. Raises StoreAway."""

    def get(self, file_id: uuid.UUID, token: str) -> bytes:
        """Give it back. Raises StoreAway."""

    def remove(self, file_id: uuid.UUID, tokens: set[str] | None = None) -> None:
        """Remove pieces of a file, or (None) all; what is not there is removed already. Raises StoreAway."""

    def kept(self) -> Iterator[tuple[uuid.UUID, Mapping[str, datetime]]]:
        """Every file that pieces are kept of, with when each was written. Raises StoreAway."""


@contextmanager
def answering(*faults: type[Exception]) -> Iterator[None]:
    """A store's own fault as ours, without its words: they hold paths."""
    try:
        yield
    except faults as fault:
        raise StoreAway(type(fault).__name__) from fault


class FolderStore:
    """A folder for each file, in one of 256 folders by the random end of its id."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def folder(self, file_id: uuid.UUID) -> Path:
        """Of one file."""
        return self.root / file_id.hex[-2:] / file_id.hex

    def put(self, file_id: uuid.UUID, token: str, piece: bytes) -> None:
        """Written, synced, and its name synced; a piece that was cut short has a name that no row knows."""
        folder = self.folder(file_id)
        with answering(OSError):
            if not folder.exists():
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                sync_folder(folder.parent)
                sync_folder(self.root)
            with os.fdopen(os.open(folder / token, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            sync_folder(folder)

    def get(self, file_id: uuid.UUID, token: str) -> bytes:
        """Read whole."""
        with answering(OSError):
            return (self.folder(file_id) / token).read_bytes()

    def remove(self, file_id: uuid.UUID, tokens: set[str] | None = None) -> None:
        """Unlink."""
        folder = self.folder(file_id)
        if tokens is None:
            shutil.rmtree(folder, ignore_errors=True)
            return
        with answering(OSError):
            for token in tokens:
                (folder / token).unlink(missing_ok=True)

    def kept(self) -> Iterator[tuple[uuid.UUID, Mapping[str, datetime]]]:
        """By folder."""
        with answering(OSError):
            for folder in self.root.glob("??/*"):
                with suppress(FileNotFoundError):  # ended meanwhile
                    pieces = {one.name: datetime.fromtimestamp(one.stat().st_mtime, UTC) for one in folder.iterdir()}
                    yield uuid.UUID(folder.name), pieces


class S3Store:
    """An object for each piece. A PUT is whole or absent, which no file of several parts would be."""

    def __init__(self, settings: Settings) -> None:
        self.bucket = settings.s3_bucket
        self.client: Any = boto3.client(
            "s3", endpoint_url=settings.s3_endpoint or None, region_name=settings.s3_region, config=S3_PATIENCE,
            aws_access_key_id=settings.s3_access_key or None, aws_secret_access_key=settings.s3_secret_key or None,
        )  # fmt: skip

    def put(self, file_id: uuid.UUID, token: str, piece: bytes) -> None:
        """One request."""
        with answering(BotoCoreError, ClientError):
            self.client.put_object(Bucket=self.bucket, Key=f"{file_id.hex}/{token}", Body=piece)

    def get(self, file_id: uuid.UUID, token: str) -> bytes:
        """One request."""
        with answering(BotoCoreError, ClientError):
            answer = self.client.get_object(Bucket=self.bucket, Key=f"{file_id.hex}/{token}")
            piece: bytes = answer["Body"].read()
            return piece

    def remove(self, file_id: uuid.UUID, tokens: set[str] | None = None) -> None:
        """A thousand in a request."""
        with answering(BotoCoreError, ClientError):
            found = sorted(self.tokens(file_id) if tokens is None else tokens)
            for start in range(0, len(found), TOKENS_AT_ONCE):
                names = [{"Key": f"{file_id.hex}/{token}"} for token in found[start : start + TOKENS_AT_ONCE]]
                self.client.delete_objects(Bucket=self.bucket, Delete={"Objects": names, "Quiet": True})

    def tokens(self, file_id: uuid.UUID) -> set[str]:
        """Of one file."""
        return {name.rpartition("/")[2] for name, _at in self.listed(f"{file_id.hex}/")}

    def listed(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """Names in order."""
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            for one in page.get("Contents", ()):
                yield one["Key"], one["LastModified"]

    def kept(self) -> Iterator[tuple[uuid.UUID, Mapping[str, datetime]]]:
        """The store lists by name, so the pieces of a file stand together."""
        with answering(BotoCoreError, ClientError):
            of, pieces = "", dict[str, datetime]()
            for name, at in self.listed(""):
                folder, _stroke, token = name.partition("/")
                if folder != of and pieces:
                    yield uuid.UUID(of), pieces
                    pieces = {}
                of, pieces[token] = folder, at
            if pieces:
                yield uuid.UUID(of), pieces


def store_for(settings: Settings) -> Store:
    """What the settings ask for."""
    return S3Store(settings) if settings.s3_bucket else FolderStore(settings.files_dir)


def store() -> Store:
    """The store of the running app."""
    found: Store = current_app.extensions["file_store"]
    return found
