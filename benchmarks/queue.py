"""The queue against itself at another size and against a bare table: `python -m benchmarks.queue --large FOLDER`.

FOLDER is made with one million cases when it is empty (about half an hour of CPU), and kept.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks.harness import HEAD, ROUNDS, Step, Target, folder, machine, ratio, rounds, serving, token
from benchmarks.instances import database, instance, sign_in
from benchmarks.targets import FLOOR_ANSWERS

REQUESTS = 30
MILLION = 1_000_000
FILTERS = (
    "status=new", "status=awaiting_information", "urgency=urgent", "kind=referral", "assignee=nobody", "language=es",
    "language=ti", "disease_group=leukemia", "program=transplant", "status=closed", "view=today", "view=mine", "view=urgent",
)  # fmt: skip


def get(target: Target, path: str) -> None:
    """One page; anything but 200 stops the run."""
    status, _where, _page = target.ask("GET", path)
    if status != 200:
        message = f"{target.name} {path} answered {status}"
        raise RuntimeError(message)


def deep(target: Target, pages: int) -> str:
    """The address of a page far down."""
    path = "/desk?view=open"
    for _page in range(pages):
        _status, _where, page = target.ask("GET", path)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if following is None:
            break
        path = following.group(1).replace("&amp;", "&")
    return path


def fill_floor(target: Target) -> None:
    """Fifty rows."""
    page = target.ask("GET", "/form")[2]
    for number in range(50):
        target.ask("POST", "/form", {"csrf_token": token(page), **FLOOR_ANSWERS, "given_name": f"Odalys {number}"})


def rows_on(target: Target, path: str) -> int:
    """How many cases a page shows."""
    return len(set(re.findall(r'href="(/desk/cases/[^"#?]+)"', target.ask("GET", path)[2])))


def path_of(query: str) -> str:
    """A filter's first page."""
    return f"/desk?{query}" if query.startswith("view") else f"/desk?view=open&{query}"


def main() -> None:
    """Print the table of docs/performance.md."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--large", type=Path, required=True)
    parser.add_argument("--cases", type=int, default=MILLION)
    parser.add_argument("--url", default="", help="a PostgreSQL server's address with a trailing slash")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    small_url, floor_url = (database(given.url, f"wicket_{name}") for name in ("small", "floor"))
    large_url = database(given.url, "wicket_large", keep=True)
    with ExitStack() as stack:
        # All of the thousand are open, so that pages are full on both sides.
        small = instance(stack.enter_context(folder()), 1000, small_url, open_share=1)
        large = instance(given.large, given.cases, large_url)
        little = stack.enter_context(serving("1 thousand", "product", small, small_url))
        much = stack.enter_context(serving("large", "product", large, large_url))
        bare = stack.enter_context(serving("floor", "floor", stack.enter_context(folder()), floor_url))
        for target in (little, much):
            sign_in(target)
        fill_floor(bare)
        far = deep(much, 200)
        steps = [
            Step("small", little, REQUESTS, lambda _i: get(little, "/desk?view=open")),
            Step("large", much, REQUESTS, lambda _i: get(much, "/desk?view=open")),
            Step("table", bare, REQUESTS, lambda _i: get(bare, "/table")),
            Step("deep", much, REQUESTS, lambda _i: get(much, far)),
        ]
        shown = {}
        for query in FILTERS:
            path = path_of(query)
            shown[query] = rows_on(little, path), rows_on(much, path)
            steps.append(Step(f"small {query}", little, REQUESTS // 3, lambda _i, path=path: get(little, path)))  # type: ignore[misc]
            steps.append(Step(f"large {query}", much, REQUESTS // 3, lambda _i, path=path: get(much, path)))  # type: ignore[misc]
        found = rounds(steps, given.rounds)
    report(found, shown, f"{given.cases:,} cases against 1,000, {'PostgreSQL' if given.url else 'SQLite'}, {machine()}, {given.rounds} rounds")  # fmt: skip


def report(found: Mapping[str, list[float]], shown: Mapping[str, tuple[int, int]], title: str) -> None:
    """Ratios and what a page costs. Where the two sizes show unequal rows, the large page stands against a full small one."""
    print(f"Queue, {title}\n\n{HEAD}")
    print(ratio(found["large"], found["small"]).line("G4 queue, first page", 1.15))
    print(ratio(found["deep"], found["small"]).line("G4 queue, page 200 / first page of 1 thousand", 1.15))
    for query, (few, many) in shown.items():
        against = f"small {query}" if few == many else "small"
        name = f"G4 {query}, {many} rows" + ("" if few == many else f" / 50 rows of 1 thousand (which has {few})")
        print(ratio(found[f"large {query}"], found[against]).line(name, 1.15))
    print(ratio(found["small"], found["table"]).line("G5 queue page / bare table + one durable insert", 1.5))
    print(
        "\nMilliseconds of CPU: " + ", ".join(f"{name} {median(figures) / 1000:.2f}" for name, figures in found.items())
    )


if __name__ == "__main__":
    main()
