"""How a referral's answers read: what is missing, in words."""

from __future__ import annotations

from collections.abc import Iterable


def missing_words(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(codes)
