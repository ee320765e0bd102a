"""The one key ring: everything personal is sealed here before it reaches a file, a table or a backup.

A value is sealed by a data key, bound to its place (table, column, row); data keys are wrapped by the master key,
which lives apart from the database. Each sealed value begins with its key's id. Rotation rewraps `data_key` only.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import threading
import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import Connection, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.clock import now
from app.core.database import Base, Sealed
from app.core.files import write_once
from app.core.ids import new_id
from config import Settings

NONCE = 12
KEY = 32
Place = tuple[str, str, uuid.UUID]
# `json.dumps` would make a new encoder at every call.
TO_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class SealBroken(Exception):
    """A sealed value was moved, edited or opened with another key. Says nothing of the value."""


class DataKeyRow(Base):
    """One wrapped data key: per draft (its case inherits it), per case that had no draft, and one for the house."""

    __tablename__ = "data_key"
    __table_args__ = (
        Index("uq_data_key_house", "purpose", unique=True, sqlite_where=text("purpose = 'house'"),
              postgresql_where=text("purpose = 'house'")),
    )  # fmt: skip

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    master: Mapped[str]
    wrapped: Mapped[bytes] = mapped_column(Sealed)
    made_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class DataKey:
    """An opened data key. Seal and unseal say the place, so that a value cannot be moved unseen."""

    id: uuid.UUID
    secret: bytes
    cipher: AESGCM

    def seal(self, value: bytes, at: Place) -> bytes:
        """Key id (16), nonce (12), ciphertext with tag."""
        nonce = os.urandom(NONCE)
        return self.id.bytes + nonce + self.cipher.encrypt(nonce, value, place(at))

    def unseal(self, sealed: bytes, at: Place) -> bytes:
        """Raises SealBroken when the value was made by another key, for another place, or edited."""
        if sealed[:16] != self.id.bytes:
            raise SealBroken(at[0], at[1])
        try:
            return self.cipher.decrypt(sealed[16 : 16 + NONCE], sealed[16 + NONCE :], place(at))
        except (InvalidTag, ValueError) as broken:  # ValueError: cut so short that no nonce is left
            raise SealBroken(at[0], at[1]) from broken

    def seal_json(self, value: object, at: Place) -> bytes:
        """Seal a document of plain values."""
        return self.seal(TO_JSON(value).encode(), at)

    def unseal_json(self, sealed: bytes, at: Place) -> Any:  # noqa: ANN401  a document of plain values
        """Open a document of plain values."""
        return json.loads(self.unseal(sealed, at))

    def derive(self, label: str) -> bytes:
        """A key for one other use (tokens, links, digests), so that no key serves two."""
        return derived(self.secret, label)

    def for_use(self, label: str) -> DataKey:
        """A data key for one other use."""
        secret = self.derive(label)
        return DataKey(self.id, secret, AESGCM(secret))


@lru_cache(maxsize=32)
def derived(secret: bytes, label: str) -> bytes:
    """HKDF of a key for one use; the few uses of the house's key are asked for in every request."""
    return HKDF(hashes.SHA256(), KEY, None, label.encode()).derive(secret)


def place(at: Place) -> bytes:
    """The associated data of a value: where it stands."""
    return b"\0".join((at[0].encode(), at[1].encode(), at[2].bytes))


class KeyRing:
    """Wraps and opens data keys with the master key; keeps the house's key in memory."""

    def __init__(self, master: bytes, older: dict[str, bytes] | None = None) -> None:
        self.master_name = name_of(master)
        self._masters = {self.master_name: AESGCM(master)}
        self._masters.update({name: AESGCM(key) for name, key in (older or {}).items()})
        self._house: DataKey | None = None
        self._lock = threading.Lock()

    def make(self, purpose: str) -> tuple[DataKey, dict[str, object]]:
        """A new data key and the row that keeps it, not yet written."""
        secret, key_id = secrets.token_bytes(KEY), new_id()
        nonce = os.urandom(NONCE)
        wrapped = nonce + self._masters[self.master_name].encrypt(nonce, secret, key_id.bytes)
        row = {"id": key_id, "purpose": purpose, "master": self.master_name, "wrapped": wrapped, "made_at": now()}
        return DataKey(key_id, secret, AESGCM(secret)), row

    def new_key(self, session: Session, purpose: str) -> DataKey:
        """Make a data key and write its row in the caller's transaction."""
        key, row = self.make(purpose)
        session.execute(DataKeyRow.__table__.insert(), row)
        return key

    def open(self, key_id: uuid.UUID, master: str, wrapped: bytes) -> DataKey:
        """Open a wrapped key. Raises SealBroken when the master key is another one."""
        try:
            secret = self._masters[master].decrypt(wrapped[:NONCE], wrapped[NONCE:], key_id.bytes)
        except (KeyError, InvalidTag, ValueError) as broken:
            raise SealBroken("data_key", "wrapped") from broken
        return DataKey(key_id, secret, AESGCM(secret))

    def load(self, session: Session | Connection, key_id: uuid.UUID) -> DataKey:
        """Read and open one key. Raises SealBroken when it was destroyed (purged)."""
        row = session.execute(
            select(DataKeyRow.master, DataKeyRow.wrapped).where(DataKeyRow.id == key_id)
        ).one_or_none()
        if row is None:
            raise SealBroken("data_key", "id")
        return self.open(key_id, row.master, row.wrapped)

    def load_many(self, session: Session, key_ids: set[uuid.UUID]) -> dict[uuid.UUID, DataKey]:
        """Read and open several keys in one statement."""
        rows = session.execute(
            select(DataKeyRow.id, DataKeyRow.master, DataKeyRow.wrapped).where(DataKeyRow.id.in_(key_ids))
        )
        return {row.id: self.open(row.id, row.master, row.wrapped) for row in rows}

    def house(self, session: Session | Connection) -> DataKey:
        """The house's key: jobs, audit details, search phrases. Made by `ensure_house`."""
        if self._house is None:
            with self._lock:
                row = session.execute(
                    select(DataKeyRow.id, DataKeyRow.master, DataKeyRow.wrapped).where(DataKeyRow.purpose == "house")
                ).one_or_none()
                if row is None:
                    raise SealBroken("data_key", "house")
                self._house = self.open(row.id, row.master, row.wrapped)
        return self._house

    def ensure_house(self, session: Session) -> None:
        """Make the house's key once, inside a transaction."""
        known = session.execute(select(DataKeyRow.id).where(DataKeyRow.purpose == "house")).first()
        if known is None:
            self.new_key(session, "house")


def name_of(master: bytes) -> str:
    """A name for a master key that says nothing of it."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(b"wicket master key name" + master)
    return digest.finalize().hex()[:16]


def ring() -> KeyRing:
    """The key ring of the running app. Raises RuntimeError when no master key was there at start-up."""
    found = current_app.extensions["key_ring"]
    if found is None:
        message = "no master key: run `flask keys init` once, or set MASTER_KEY"
        raise RuntimeError(message)
    return cast("KeyRing", found)


def derive_from_master(master: bytes, label: str) -> bytes:
    """A key that changes with the master key: only for what may be lost then (session cookies)."""
    return derived(master, label)


def read_master_key(settings: Settings) -> bytes:
    """From the environment or its file. Raises RuntimeError with the mend when there is none."""
    typed = settings.master_key or (settings.master_key_file.read_text() if settings.master_key_file.exists() else "")
    if not typed.strip():
        message = (
            f"No master key: run `flask keys init` once, or set MASTER_KEY ({settings.master_key_file} is missing)"
        )
        raise RuntimeError(message)
    try:
        key = base64.b64decode(typed.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY:
        message = "The master key must be the base64 of 32 bytes"
        raise RuntimeError(message)
    return key


def write_master_key(path: Path) -> None:
    """Make a master key in a file that only its owner reads; an existing one is kept."""
    write_once(path, base64.b64encode(secrets.token_bytes(KEY)).decode() + "\n")
