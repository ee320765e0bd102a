"""Kill or stop the server again and again under load, start it again on the same data, and compare at the end."""

from __future__ import annotations

import random
import signal
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.durability.ledger import Findings, compare, whole
from benchmarks.durability.processes import Site, cpu_seconds, end
from benchmarks.durability.senders import Crowd


@dataclass
class Ended:
    """The rounds of one run."""

    restarts: list[float] = field(default_factory=list)
    computed: list[float] = field(default_factory=list)
    whole: int = 0  # times that the store was found whole
    exits: list[int] = field(default_factory=list)
    endings: list[float] = field(default_factory=list)
    findings: Findings = field(default_factory=Findings)
    code: int = 0  # what the server must end with

    @property
    def sound(self) -> bool:
        """Whether the promise held."""
        return self.findings.sound and self.whole == len(self.exits) and set(self.exits) <= {self.code}


def rounds(
    site: Site, *, how: signal.Signals, count: int, forms: int, threads: int = 8,
    progress: Callable[[], None] = lambda: None,
) -> Ended:  # fmt: skip
    """`count` ends by one signal, each at a random moment after `forms` more receipts; the store is read at the end."""
    ended, crowd = Ended(code=-9 if how == signal.SIGKILL else 0), Crowd(site.address, threads)
    process, _seconds = site.serve()
    crowd.start()
    try:
        for number in range(count):
            crowd.wait_for(forms * (number + 1))
            time.sleep(random.random() / 2)
            began = time.perf_counter()
            ended.exits.append(end(process, how))
            ended.endings.append(time.perf_counter() - began)
            ended.whole += whole(site)
            process, seconds = site.serve()
            ended.restarts.append(seconds)
            ended.computed.append(cpu_seconds(process))
            progress()
        crowd.finish()
    finally:
        crowd.over.set()
        end(process, signal.SIGTERM)
    ended.findings = compare(crowd.forms, site)
    return ended


def middle_and_most(seconds: list[float]) -> str:
    """For the table."""
    return f"{statistics.median(seconds):.2f} / {max(seconds):.2f} s"


def line(name: str, ended: Ended) -> str:
    """A run's row of the table in docs/reliability.md."""
    found = ended.findings
    cells = (
        name, len(ended.exits), found.acknowledged, len(found.lost), len(found.doubled), len(found.mixed),
        found.sent_again, f"{found.unknown_stored} of {found.unknown}", ended.whole,
        middle_and_most(ended.restarts), middle_and_most(ended.computed), middle_and_most(ended.endings),
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


HEAD = (
    "| signal | ends | acknowledged | lost | doubled | mixed | unanswered, sent again | given up, stored "
    "| checks clean | ready again: median / most | of it computed | to end |\n" + "|---" * 12 + "|"
)
