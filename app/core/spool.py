"""What a server must put down while it passes by (a large body, a slow answer): sealed by a key that is never kept."""

from __future__ import annotations

import io
import os
import tempfile
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

BLOCK = 16


class SealedSpool(io.RawIOBase):
    """A nameless temporary file whose bytes only this object can read, at any position. Written once, at its end."""

    def __init__(self) -> None:
        self.file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  it lives as long as this does
        self.key = AES(os.urandom(32))

    def turned(self, data: bytes, position: int) -> bytes:
        """Seal or unseal (the same in this mode) what stands at a position."""
        block, skipped = divmod(position, BLOCK)
        stream = Cipher(self.key, CTR(block.to_bytes(BLOCK, "big"))).encryptor()
        return stream.update(b"\0" * skipped + data)[skipped:]

    def write(self, data: Any) -> int:  # noqa: ANN401  any bytes
        """Put down more."""
        whole = memoryview(self.turned(bytes(data), self.file.tell()))
        written = 0
        while written < len(whole):
            written += self.file.write(whole[written:]) or 0
        return written

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  any buffer
        """Read on."""
        position, view = self.file.tell(), memoryview(buffer).cast("B")
        found = self.file.read(len(view)) or b""
        view[: len(found)] = self.turned(found, position)
        return len(found)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go somewhere."""
        return self.file.seek(offset, whence)

    def tell(self) -> int:
        """Where it stands."""
        return self.file.tell()

    def readable(self) -> bool:
        """It is."""
        return True

    def writable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def close(self) -> None:
        """Forget it."""
        self.file.close()
        super().close()
