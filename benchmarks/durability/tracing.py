"""The order of system calls in one acknowledgement: journal, database file and directory are synced, then bytes are sent."""

from __future__ import annotations

import os
import re
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app.core.database import sqlite_journal
from benchmarks.durability.processes import Site
from benchmarks.durability.senders import Sender, new_form

CALL = re.compile(r"^(\d+) +(?:<\.\.\. )?(\w+)(\(| resumed>)")
ON_FILE = re.compile(r"^\d+ +(fsync|fdatasync|pwrite64|write|ftruncate)\(\d+<(/[^>]*)>")
REMOVED = re.compile(r'^\d+ +(?:unlink|unlinkat)\([^"]*"([^"]*)"')
RECEIPT = re.compile(r'"HTTP/1\.1 303 .*Location: \S*/follow/', re.DOTALL)
ASKED = re.compile(r'"POST /')
TRACED = "trace=fsync,fdatasync,pwrite64,write,ftruncate,unlink,unlinkat,sendto,sendmsg,recvfrom"


@dataclass
class Answer:
    """A receipt's first byte: what was synced since its form arrived, in order, and what was written and not synced."""

    synced: list[str]
    open: set[str]


def needed(folder: Path) -> list[str]:
    """In this order, for the journal that the linked SQLite is given."""
    database = str(folder / "wicket.sqlite")
    if sqlite_journal() == "WAL":
        return [f"{database}-wal"]
    return [f"{database}-journal", database, str(folder)]


def on_disk(answer: Answer, folder: Path) -> bool:
    """Whether the last three syncs are the ones of a commit, and nothing of the folder's database was written since."""
    wanted = needed(folder)
    return answer.synced[-len(wanted) :] == wanted and not answer.open


def calls(lines: Iterable[str]) -> Iterator[str]:
    """Each call when it counts: bytes to somebody when it begins, everything else when it has returned."""
    begun: dict[str, str] = {}
    for line in lines:
        known = CALL.match(line)
        if known is None:
            continue
        process, name, _rest = known.groups()
        if " resumed>" in line:
            if name not in {"sendto", "sendmsg"}:
                yield begun.pop(process).replace(" <unfinished ...>", "") + line.partition(" resumed>")[2]
        elif "<unfinished ...>" in line and name not in {"sendto", "sendmsg"}:
            begun[process] = line
        else:
            yield line


def read(lines: Iterable[str], folder: Path) -> list[Answer]:
    """Every receipt of the trace."""
    synced: list[str] = []
    written: set[str] = set()
    answers = []
    for call in calls(lines):
        if ASKED.search(call):
            synced = []
        elif removed := REMOVED.match(call):
            written.discard(removed.group(1))
            written.add(str(Path(removed.group(1)).parent))
        elif match := ON_FILE.match(call):
            name, path = match.groups()
            if not name.endswith("sync"):
                written.add(path)
            elif call.rstrip().endswith("= 0"):
                synced.append(path)
                written.discard(path)
        elif RECEIPT.search(call):
            ours = {one for one in written if one == str(folder) or one.startswith(f"{folder / 'wicket.sqlite'}")}
            answers.append(Answer(list(synced), ours))
    return answers


def trace(site: Site, count: int) -> list[Answer]:
    """Send forms one after another to a server under strace."""
    if shutil.which("strace") is None:
        message = "strace is not here: apt-get install strace"
        raise RuntimeError(message)
    with tempfile.TemporaryDirectory(prefix="wicket-trace-") as folder:
        out = Path(folder) / "trace"
        under = ["strace", "-f", "-y", "-s", "1500", "-o", str(out), "-e", TRACED]
        process, _seconds = site.serve(under)
        try:
            for number in range(count):
                Sender(site.address, new_form(number), threading.Event(), impatient=False).send_once()
        finally:
            for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
                os.kill(int(child), signal.SIGTERM)
            process.wait(timeout=60)
        return read(out.read_text(errors="replace").splitlines(), site.folder)


def line(answers: list[Answer], count: int, folder: Path) -> str:
    """For docs/reliability.md."""
    good = sum(on_disk(answer, folder) for answer in answers)
    names = ", ".join(Path(one).name if one != str(folder) else "the directory" for one in needed(folder))
    return f"{good} of {count} receipts: {names} synced, in this order and after the last write, before the first byte"
