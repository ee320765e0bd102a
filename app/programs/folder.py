"""A program folder as bytes, and as one checked whole: all of its faults at once, or a Hospital.

hospital.yaml, routing.yaml, labels.yaml, programs/<code>.yaml, texts/<language>.yaml, and the mark's drawing.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import holidays

from app.programs.checks import contradictions
from app.programs.domain import Calendar, Folder, Hospital, Hours, LabelFact, Program, Routing
from app.programs.found import Questions, Read
from app.programs.reading import Fault, Source, made, read
from app.programs.texts import Texts

Made = TypeVar("Made")
Files = Mapping[str, bytes]

LARGEST = 2_000_000
LATER = 10  # years of public holidays known beyond the date up to which the hospital looked up its own
KINDS = (".yaml", ".svg")


class FolderRefused(ValueError):
    """The folder cannot be used; `faults` says where and what to do, every one."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


def files_of(folder: Path) -> Files:
    """The folder's files by their path in it. Raises FolderRefused."""
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in KINDS
    }
    odd = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.yml"))
    if odd:
        raise FolderRefused([Fault(name, 1, "This file is not read. Call it .yaml, or take it out.") for name in odd])
    if not found:
        raise FolderRefused([Fault(folder.name, 1, "There is no program folder here. Set PROGRAM_DIR to one.")])
    if sum(map(len, found.values())) > LARGEST:
        raise FolderRefused([Fault(folder.name, 1, "The folder is larger than 2 MB. Take out what is not read.")])
    return found


def digest_of(files: Files) -> bytes:
    """SHA-256 over names and bytes."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.digest()


def packed(files: Files) -> bytes:
    """One tar of the bytes, the same for the same files."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in sorted(files.items()):
            about = tarfile.TarInfo(name)
            about.size = len(content)
            tar.addfile(about, io.BytesIO(content))
    return out.getvalue()


def unpacked(content: bytes) -> Files:
    """The files of a tar that `packed` made."""
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        return {one.name: taken.read() for one in tar if (taken := tar.extractfile(one)) is not None}


def built(files: Files, questions: Questions, today: date | None) -> Hospital:
    """A checked whole. Raises FolderRefused with every fault. `today` None: stored before and checked then."""
    faults: list[Fault] = []

    def part(file: str, wanted: type[Made], path: tuple[str, ...] = ()) -> tuple[Made | None, Source]:
        if file not in files:
            faults.append(Fault(file, 1, "This file is missing. Add it, as in the shipped folder."))
            return None, Source(file, {})
        source, wrong = read(file, files[file])
        if not wrong and not isinstance(source.data, dict):
            wrong = [Fault(file, 1, "This file is empty. Write its fields, as in the shipped folder.")]
        if not wrong and path and set(source.data) != set(path):
            wrong = [Fault(file, 1, f"Write one field, `{path[0]}`, and everything below it.")]
        value = None
        if not wrong:
            value, wrong = made(source, wanted, path)
        faults.extend(wrong)
        return value, source

    folder, folder_source = part("hospital.yaml", Folder)
    routing, routing_source = part("routing.yaml", Routing)
    labels, labels_source = part("labels.yaml", tuple[LabelFact, ...], ("labels",))
    programs = [part(name, Program) for name in files if name.startswith("programs/") and name.endswith(".yaml")]
    texts = {
        Path(name).stem: part(name, Texts) for name in files if name.startswith("texts/") and name.endswith(".yaml")
    }
    if not programs:
        faults.append(Fault("programs/", 1, "There is no program here. Add a file for each, as programs/cart.yaml."))
    if faults or folder is None or routing is None or labels is None:
        raise FolderRefused(faults)
    found = Read(
        folder, folder_source, tuple((one, source) for one, source in programs if one is not None), routing,
        routing_source, labels, labels_source,
        {language: (one, source) for language, (one, source) in texts.items() if one is not None}, files,
    )  # fmt: skip
    if today is not None:
        faults = contradictions(found, questions, today)
    if faults:
        raise FolderRefused(faults)
    return whole(found)


def whole(found: Read) -> Hospital:
    """Everything resolved: calendars with their holidays, texts of the languages that are on."""
    folder, digest = found.folder, digest_of(found.files)
    programs = tuple(program for program, _source in found.programs)
    return Hospital(
        version=f"{folder.edition}+{digest.hex()[:12]}", digest=digest, folder=folder, programs=programs,
        routing=found.routing, label_facts=found.labels,
        texts={language: found.texts[language][0] for language in folder.languages},
        mark=found.files[folder.look.mark],
        calendars={
            folder.code: calendar(folder.hours),
            **{program.code: calendar(program.hours or folder.hours) for program in programs},
        },
    )  # fmt: skip


def calendar(hours: Hours) -> Calendar:
    """Hours with the country's holidays and the hospital's own days laid over the weekdays."""
    years = range(2020, hours.holidays_until.year + LATER)
    public: Mapping[date, Any] = holidays.country_holidays(
        hours.holidays_country, subdiv=hours.holidays_subdivision, years=years
    )
    closed = dict.fromkeys((*public, *hours.closed), ())
    return Calendar(
        time_zone=hours.time_zone,
        weekly={index: spans for index, (_name, spans) in enumerate(hours.weekly.days()) if spans},
        days={**closed, **hours.exceptions}, until=hours.holidays_until,
    )  # fmt: skip
