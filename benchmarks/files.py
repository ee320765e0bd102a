"""200 MB through upload and download: how much the server's memory grows, and how long it takes beside a plain copy.

The floor: `cp` and `openssl enc` of the same bytes, each synced. `python -m benchmarks.files [--s3]`; with `--s3` the files
lie in an S3 store over HTTP, in this process's memory.
"""

from __future__ import annotations

import http.client
import os
import re
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from signal import SIGTERM

from benchmarks.durability.processes import Site, end
from benchmarks.harness import Target, folder, machine
from benchmarks.instances import sign_in
from benchmarks.links import linked_case, mark_clean, opened
from tests.records.conftest import bucket_at
from tests.services import s3_server

SIZE, FILES, BOUNDARY = 100_000_000, 2, "----bench"


def memory(pid: int, line: str) -> float:
    """Megabytes: VmRSS now, VmHWM at most."""
    found = re.search(rf"{line}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1000 if found else 0.0


def paper(where: Path, number: int) -> Path:
    """A file that no zip makes smaller."""
    path = where / f"paper-{number}.pdf"
    path.write_bytes(b"%PDF-1.7\n" + os.urandom(SIZE - 9))
    return path


def send(port: int, path: str, file: Path) -> None:
    """A plain form, from disk."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="{file.name}"\r\n\r\n'.encode()
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    connection.putrequest("POST", path)
    connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    connection.putheader("Content-Length", str(len(head) + SIZE + len(tail)))
    connection.endheaders(head)
    with file.open("rb") as opened_file:
        while some := opened_file.read(1 << 18):
            connection.send(some)
    connection.send(tail)
    if connection.getresponse().status != 303:
        message = "an upload was refused"
        raise RuntimeError(message)


def fetch(target: Target, path: str) -> int:
    """A download, thrown away; its size."""
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=300)
    connection.request(
        "GET", path, headers={"Cookie": "; ".join(f"{one}={value}" for one, value in target.cookies.items())}
    )
    answer, size = connection.getresponse(), 0
    while some := answer.read(1 << 18):
        size += len(some)
    return size


def floor(where: Path, files: list[Path]) -> float:
    """Seconds of copying and of enciphering, each synced."""
    began = time.perf_counter()
    for file in files:
        copy, sealed = where / "copy", where / "sealed"
        subprocess.run(["cp", file, copy], check=True)
        subprocess.run(
            ["openssl", "enc", "-aes-256-ctr", "-K", "00" * 32, "-iv", "00" * 16, "-in", file, "-out", sealed],
            check=True,
        )
        subprocess.run(["sync", copy, sealed], check=True)
    return time.perf_counter() - began


def main() -> int:
    """All of it; 1 when memory grew by 50 MB or more."""
    with ExitStack() as stack:
        made = stack.enter_context(folder())
        more = bucket_at(stack.enter_context(s3_server())) if "--s3" in sys.argv else {}
        link, desk = linked_case(made / "instance")
        files = [paper(made, number) for number in range(FILES)]
        site = Site(made / "instance", more=more)
        process, _seconds = site.serve()
        target = Target("product", process, site.port)
        sign_in(target)
        target.ask("GET", desk)
        floors = [floor(made, files)]
        before = memory(process.pid, "VmRSS")
        began = time.perf_counter()
        for file in files:
            send(site.port, f"{link}/files", file)
        up = time.perf_counter() - began
        with opened(made / "instance"):
            mark_clean()
        _status, _where, page = target.ask("GET", desk)
        began = time.perf_counter()
        sizes = [fetch(target, path) for path in set(re.findall(rf'href="({desk}/[0-9a-f-]+)"', page))]
        down = time.perf_counter() - began
        floors.append(floor(made, files))
        grown = memory(process.pid, "VmHWM") - before
        end(process, SIGTERM)
    plain = sum(floors) / 2
    print(
        f"{machine()}; {sum(sizes) / 1e6:.0f} MB\n\n| what | seconds | MB a second | of the floor |\n|---|---|---|---|"
    )
    for name, seconds in (("`cp` and `openssl enc`, synced", plain), ("upload", up), ("download", down)):
        print(f"| {name} | {seconds:.2f} | {SIZE * FILES / 1e6 / seconds:.0f} | {seconds / plain:.2f} |")
    print(f"\nThe server's memory grew by {grown:.0f} MB at most (from {before:.0f} MB; goal: under 50).")
    return 0 if grown < 50 and sizes == [SIZE] * FILES else 1


if __name__ == "__main__":
    sys.exit(main())
