"""The queue against itself at another size and against a bare table: `python -m benchmarks.queue --large FOLDER`.

FOLDER is made with one million cases when it is empty (about twenty minutes), and kept.
"""

from __future__ import annotations

import argparse
import re
from contextlib import ExitStack
from pathlib import Path

from benchmarks.harness import HEAD, ROUNDS, Step, Target, folder, machine, ratio, rounds, serving, token
from benchmarks.instances import instance, sign_in
from benchmarks.targets import FLOOR_ANSWERS

REQUESTS = 60
MILLION = 1_000_000
FILTERS = (
    "status=new", "status=awaiting_information", "urgency=urgent", "kind=referral", "assignee=nobody", "language=es",
    "language=ti", "disease_group=leukemia", "program=transplant", "view=today", "view=mine", "view=urgent",
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


def main() -> None:
    """Print the table of docs/performance.md."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--large", type=Path, required=True)
    parser.add_argument("--cases", type=int, default=MILLION)
    parser.add_argument(
        "--url", default="", help="a PostgreSQL server's address with a trailing slash: databases are made there"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    small_url, large_url = (given.url + name if given.url else "" for name in ("wicket_small", "wicket_large"))
    with ExitStack() as stack:
        small = instance(stack.enter_context(folder()) if not given.url else given.large / "small", 1000, small_url)
        large = instance(given.large, given.cases, large_url)
        little = stack.enter_context(serving("1 thousand", "product", small, small_url))
        much = stack.enter_context(serving("1 million", "product", large, large_url))
        bare = stack.enter_context(serving("floor", "floor", stack.enter_context(folder()), ""))
        for target in (little, much):
            sign_in(target)
        fill_floor(bare)
        steps = [
            Step("small", little, REQUESTS, lambda _i: get(little, "/desk?view=open")),
            Step("large", much, REQUESTS, lambda _i: get(much, "/desk?view=open")),
            Step("table", bare, REQUESTS, lambda _i: get(bare, "/table")),
        ]
        far = deep(much, 200)
        steps.append(Step("deep", much, REQUESTS, lambda _i: get(much, far)))
        for query in FILTERS:
            path = f"/desk?{query}" if query.startswith("view") else f"/desk?view=open&{query}"
            steps.append(Step(f"small {query}", little, REQUESTS // 3, lambda _i, path=path: get(little, path)))  # type: ignore[misc]
            steps.append(Step(f"large {query}", much, REQUESTS // 3, lambda _i, path=path: get(much, path)))  # type: ignore[misc]
        found = rounds(steps, given.rounds)
    print(
        f"Queue, {given.cases} cases against 1,000, {'PostgreSQL' if given.url else 'SQLite'}, {machine()}, {given.rounds} rounds\n"
    )
    print(HEAD)
    print(ratio(found["large"], found["small"]).line("queue, first page: 1 million / 1 thousand", 1.15))
    print(ratio(found["deep"], found["small"]).line("queue, page 200 of 1 million / first page of 1 thousand", 1.15))
    print(ratio(found["small"], found["table"]).line("G5 queue page / bare table + one durable insert", 1.5))
    for query in FILTERS:
        print(ratio(found[f"large {query}"], found[f"small {query}"]).line(f"{query}: 1 million / 1 thousand", 1.15))
    for name in ("small", "large", "deep", "table"):
        print(f"\n{name}: {sorted(found[name])[len(found[name]) // 2] / 1000:.2f} ms of CPU a page", end="")
    print()


if __name__ == "__main__":
    main()
