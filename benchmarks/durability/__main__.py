"""Kill, stop and trace the product, print the tables of docs/reliability.md, and exit 1 when anything was lost.

`--kills 50 --terms 20` is the whole run; the default is a short one. `--postgresql` starts a server of its own.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import Progress

from benchmarks.durability import killing, letters, tracing
from benchmarks.durability.processes import Site
from benchmarks.harness import folder, machine
from benchmarks.instances import instance
from tests.services import postgresql_server


def arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.durability", description=__doc__)
    parser.add_argument("--kills", type=int, default=3, help="how often the server is killed")
    parser.add_argument("--terms", type=int, default=2, help="how often it is stopped with SIGTERM")
    parser.add_argument("--forms", type=int, default=40, help="receipts before each end")
    parser.add_argument("--traced", type=int, default=10, help="forms sent under strace (SQLite only)")
    parser.add_argument("--worker-kills", type=int, default=3, help="how often the worker is killed")
    parser.add_argument("--postgresql", action="store_true", help="on a PostgreSQL server that this starts")
    parser.add_argument("--url", default="", help="on this empty PostgreSQL database instead; one run at a time")
    return parser.parse_args()


@contextmanager
def databases(given: argparse.Namespace) -> Iterator[Callable[[], str]]:
    """What makes the address of an empty database; the empty address means SQLite."""
    if given.postgresql:
        with postgresql_server() as server:
            yield lambda: server.url(server.create())
    else:
        yield lambda: given.url


@contextmanager
def site(address: str) -> Iterator[Site]:
    """An instance with nothing in it."""
    with folder() as made:
        yield Site(instance(made, url=address), address)


def main() -> int:
    """All of it, one after another."""
    given = arguments()
    lines, sound = [], True
    steps = given.kills + given.terms + given.worker_kills
    with databases(given) as new, Progress(disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("ends", total=steps)
        for how, count in ((signal.SIGKILL, given.kills), (signal.SIGTERM, given.terms)):
            if count:
                with site(new()) as there:
                    ended = killing.rounds(
                        there, how=how, count=count, forms=given.forms, progress=lambda: progress.advance(task)
                    )
                lines.append(killing.line(how.name, ended))
                sound &= ended.sound
        print(
            f"{'PostgreSQL' if given.postgresql or given.url else 'SQLite'}, {machine()}\n\n{killing.HEAD}",
            *lines,
            sep="\n",
        )
        if given.worker_kills:
            with site(new()) as there:
                arrived = letters.run(
                    there, forms=40, kills=given.worker_kills, progress=lambda: progress.advance(task)
                )
            print(f"\n{letters.line(arrived)}")
            sound &= arrived.sound
        if given.traced and not (given.postgresql or given.url):
            with site("") as there:
                answers = tracing.trace(there, given.traced)
                print(f"\n{tracing.line(answers, given.traced, there.folder)}")
                sound &= sum(tracing.on_disk(one, there.folder) for one in answers) == given.traced
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
