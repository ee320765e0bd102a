"""Kill the server in the middle of 30 uploads: what was acknowledged is whole, the rest goes on or is sent again.

Ten come as plain forms, twenty in parts (tus). `python -m benchmarks.durability.uploads --kills 3`, with `--postgresql`.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import http.client
import os
import random
import signal
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from app.core.clock import now
from app.core.database import db
from app.records.models import File, Upload
from app.records.stores import store
from app.records.sweep import sweep
from benchmarks.durability.processes import Site, end
from benchmarks.harness import folder, machine
from benchmarks.links import contents, linked_case, opened
from tests.filing import BOUNDARY, form_body
from tests.services import postgresql_server

COUNT, PLAIN, PART = 30, 10, 1 << 20
LATER = timedelta(hours=25)


@dataclass
class Paper:
    """One file and how far its sender knows it to be."""

    name: str
    content: bytes
    in_parts: bool
    where: str = ""
    resumed_at: int = 0
    fell_back: bool = False  # behind what was acknowledged
    done: bool = False
    said: list[int] = field(default_factory=list)

    def ask(self, port: int, method: str, path: str, body: bytes, headers: dict[str, str]) -> http.client.HTTPResponse:
        """One request."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer

    def send(self, port: int, link: str) -> None:
        """Until it is whole or the server is gone."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            if self.in_parts:
                self.send_parts(port, link)
            else:
                headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
                answer = self.ask(port, "POST", f"{link}/files", form_body({}, [(self.name, self.content)]), headers)
                self.done = answer.status == 303

    def send_parts(self, port: int, link: str) -> None:
        """Begin, or ask where it stands; then part after part."""
        offset = 0
        if not self.where:
            named = base64.b64encode(self.name.encode()).decode()
            headers = {"Upload-Length": str(len(self.content)), "Upload-Metadata": f"filename {named}"}
            self.where = self.ask(port, "POST", f"{link}/uploads", b"", headers).headers["Location"]
        else:
            offset = self.resumed_at = int(self.ask(port, "HEAD", self.where, b"", {}).headers["Upload-Offset"])
            self.fell_back = offset < max(self.said, default=0)
        while offset < len(self.content):
            headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            answer = self.ask(port, "PATCH", self.where, self.content[offset : offset + PART], headers)
            offset = int(answer.headers["Upload-Offset"])
            self.said.append(offset)
        self.done = True


def send_all(papers: list[Paper], port: int, link: str) -> list[threading.Thread]:
    """All at once."""
    threads = [threading.Thread(target=one.send, args=(port, link)) for one in papers]
    for thread in threads:
        thread.start()
    return threads


def look(folder_: Path, url: str, papers: list[Paper]) -> dict[str, int]:
    """What is there, past the pages: files that are not whole, and what a sweep finds."""
    sent = {one.name: one.content for one in papers}
    with opened(folder_, url):
        kept = contents()
        swept = sweep(now() + LATER)
        pieces = sum(len(tokens) for _id, tokens in store().kept())
        rows = db.session.execute(select(File.pieces)).scalars().all()
        return {
            "files": len(kept), "not whole": sum(content != sent.get(name.split(" ")[0]) for name, content in kept.items()),
            "orphans swept": swept.orphans, "without pieces": swept.incomplete,
            "orphans after": pieces - sum(len(row.split()) for row in rows),
            "uploads after": db.session.execute(select(func.count()).select_from(Upload)).scalar_one(),
        }  # fmt: skip


def round_of(url: str, number: int) -> bool:
    """Send, kill, look, start again, go on, look."""
    draw = random.Random(number)
    with folder() as made:
        link, _desk = linked_case(made, url)
        papers = [
            Paper(f"paper-{one}.pdf", b"%PDF-1.7\n" + os.urandom(draw.randrange(2_000_000, 6_000_000)), one >= PLAIN)
            for one in range(COUNT)
        ]
        site = Site(made, url)
        process, _seconds = site.serve()
        threads = send_all(papers, site.port, link)
        time.sleep(draw.uniform(0.3, 1.8))
        end(process, signal.SIGKILL)
        for thread in threads:
            thread.join()
        acknowledged = {one.name for one in papers if one.done}
        with opened(made, url):
            kept = contents()
        half = sum(content != {one.name: one.content for one in papers}[name] for name, content in kept.items())
        lost = len(acknowledged - kept.keys())
        process, restarted = site.serve()
        for thread in send_all([one for one in papers if not one.done], site.port, link):
            thread.join()
        end(process, signal.SIGTERM)
        resumed = sum(one.resumed_at > 0 for one in papers)
        lost += sum(one.fell_back for one in papers)
        after = look(made, url, papers)
    print(
        f"| {number} | {len(acknowledged)} | {lost} | {half} | {resumed} | {sum(one.done for one in papers)} of {COUNT} | "
        + " | ".join(str(value) for value in after.values()) + f" | {restarted:.1f} |", flush=True,
    )  # fmt: skip
    return not (lost or half or after["not whole"] or after["without pieces"] or after["orphans after"]
                or after["uploads after"] or after["files"] != COUNT)  # fmt: skip


HEAD = (
    "| kill | acknowledged before | lost | half visible | gone on with | done in the end | files | not whole | orphans swept | "
    "without pieces | orphans after | uploads after | seconds to restart |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|"
)


def main() -> int:
    """Rounds on one database."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.durability.uploads", description=__doc__)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL server that this starts")
    given = parser.parse_args()
    print(f"{'PostgreSQL' if given.postgresql else 'SQLite'}, {machine()}\n\n{HEAD}")
    with postgresql_server() if given.postgresql else contextlib.nullcontext() as server:
        sound = [
            round_of(server.url(server.create()) if server else "", number) for number in range(1, given.kills + 1)
        ]
    return 0 if all(sound) else 1


if __name__ == "__main__":
    sys.exit(main())
