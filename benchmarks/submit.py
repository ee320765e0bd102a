"""Both doors against the floor, page by page, the sending and whole journeys: `python -m benchmarks.submit`.

Every request of a round is counted on the CPU of the server process; the floor stands in the same rounds.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import median

from app.samples.check import INQUIRY, REFERRAL
from benchmarks.harness import HEAD, ROUNDS, Step, Target, folder, machine, ratio, rounds, serving, token
from benchmarks.instances import database, instance
from benchmarks.targets import FLOOR_ANSWERS

REQUESTS = 20
JOURNEYS = 4
Fields = Mapping[str, str]
FAMILY_PAGES = ("you", "child", "treatment", "question", "check")
# Page one of a referral can be sent alone; page two is filled in as a leukemia's would be.
PATIENT: Fields = {name: value for name, value in REFERRAL.items() if name != "then"}
CLINICAL: Fields = {
    "guardian_name": "Wendeline Checkwell", "guardian_phone": "(413) 555-0117", "preferred_language": "en",
    "interpreter_needed": "no", "immunophenotype": "B", "disease_status": "relapse_1", "cns_status": "CNS1",
    "cd19": "positive", "weight_kg": "27.4", "insurance_type": "medicaid", "clinical_question": "CAR T?",
    "record_pathology_report": "sent", "record_recent_labs": "pending",
}  # fmt: skip


@dataclass(frozen=True)
class Way:
    """How a door is walked: its start, its pages with their answers, and pages with faults in them."""

    door: str
    pages: tuple[tuple[str, Fields], ...]
    begins_by_post: bool


FAMILY = Way("/inquiry", tuple(zip(FAMILY_PAGES, INQUIRY, strict=True)), begins_by_post=True)
PRACTICE = Way("/referral", (("patient", PATIENT), ("clinical", CLINICAL), ("check", {})), begins_by_post=False)


@dataclass
class Visitor:
    """A browser at one server: its forms that are ready to be sent."""

    target: Target
    way: Way
    csrf: str = ""
    filled: str = ""
    ready: list[str] = field(default_factory=list)

    def expect(self, wanted: int, method: str, path: str, fields: Fields | None = None) -> tuple[str, str]:
        """One request; anything but the wanted answer stops the run."""
        sent = None if fields is None else {"csrf_token": self.csrf, **fields}
        status, where, page = self.target.ask(method, path, sent)
        if status != wanted:
            message = f"{self.target.name}: {method} {path} answered {status}"
            raise RuntimeError(message)
        return where, page

    def begin(self) -> str:
        """The address of a new form, without its page."""
        page = self.expect(200, "GET", self.way.door)[1] if self.way.begins_by_post else ""
        self.csrf = token(page) or self.csrf
        where = self.expect(303, "POST", self.way.door, {})[0] if page else self.expect(303, "GET", self.way.door)[0]
        return where.rpartition("/")[0]

    def fill(self) -> str:
        """A form with every page answered but the last; its address."""
        form = self.begin()
        self.csrf = token(self.expect(200, "GET", f"{form}/{self.way.pages[0][0]}")[1])
        for slug, answers in self.way.pages[:-1]:
            self.expect(303, "POST", f"{form}/{slug}", answers)
        return form

    def prepare(self, count: int) -> None:
        """So many forms that only have to be sent."""
        self.ready = [self.fill() for _one in range(count)]

    def send(self, form: str) -> str:
        """Send a form; the address of its receipt."""
        where = self.expect(303, "POST", f"{form}/check", self.way.pages[-1][1])[0]
        if "/follow/" not in where:
            message = f"sent, but led to {where}"
            raise RuntimeError(message)
        return where

    def journey(self) -> None:
        """From the first page to the receipt, every page looked at."""
        form = self.begin()
        for slug, answers in self.way.pages[:-1]:
            self.csrf = token(self.expect(200, "GET", f"{form}/{slug}")[1]) or self.csrf
            self.expect(303, "POST", f"{form}/{slug}", answers)
        self.expect(200, "GET", f"{form}/check")
        self.expect(200, "GET", self.send(form))


@contextmanager
def standing(stack: ExitStack, url: str) -> Iterator[tuple[Target, Target, Target]]:
    """Floor, product and product without sealing, each over a database of its own."""
    made = [database(url, f"wicket_submit_{name}") for name in ("floor", "product", "unsealed")]
    places = [stack.enter_context(folder()) for _name in made]
    for place, address in zip(places[1:], made[1:], strict=True):
        instance(place, 0, address)
    floor, product, unsealed = (
        stack.enter_context(serving(name, name, place, address))
        for name, place, address in zip(("floor", "product", "unsealed"), places, made, strict=True)
    )
    yield floor, product, unsealed


def floor_steps(floor: Target) -> list[Step]:
    """The floor's form: seen, sent, and sent with three faults in it."""
    csrf = token(floor.ask("GET", "/form")[2])
    wrong = {**FLOOR_ANSWERS, "given_name": "", "born": "2019-02-30", "email": "nobody"}

    def post(answers: Fields, wanted: str) -> None:
        page = floor.ask("POST", "/form", {"csrf_token": csrf, **answers})[2]
        if wanted not in page:
            raise RuntimeError(page)

    return [
        Step("floor GET", floor, REQUESTS, lambda _i: floor.ask("GET", "/form") and None),
        Step("floor POST", floor, REQUESTS, lambda _i: post(FLOOR_ANSWERS, "thanks")),
        Step("floor POST, 3 faults", floor, REQUESTS, lambda _i: post(wrong, "Invalid email")),
    ]


FAULTS: Mapping[str, Fields] = {
    "you": {"relationship": "mother", "contact_phone": "", "contact_email": "nobody", "preferred_language": "es"},
    "child": {"child_given_name": "", "child_dob-month": "2", "child_dob-day": "30", "child_dob-year": "2019"},
    "treatment": {"consent_contact_doctor": "", "treating_doctor_phone": "12\x07", "interests": "none\x07"},
    "question": {"message": "x\x07", "country": "US", "postal_code": "1\x07", "insurance_type": "none of them\x07"},
    "patient": {
        "patient_given_name": "",
        "patient_dob-month": "2",
        "patient_dob-day": "30",
        "patient_dob-year": "2019",
    },
    "clinical": {"weight_kg": "heavy\x07", "guardian_phone": "12\x07", "insurance_type": "none of them\x07"},
}


def door_steps(visitor: Visitor) -> list[Step]:
    """Every page seen, posted and posted with faults; the sending; the whole way."""
    visitor.filled = visitor.fill()
    target, door, steps = visitor.target, f"{visitor.target.name} {visitor.way.door}", []
    for slug, answers in visitor.way.pages:
        path = f"{visitor.filled}/{slug}"
        steps.append(
            Step(
                f"{door}/{slug} GET", target, REQUESTS, lambda _i, path=path: visitor.expect(200, "GET", path) and None
            )
        )  # type: ignore[misc]
        if slug == "check":
            continue
        wrong = FAULTS[slug]
        steps.append(
            Step(
                f"{door}/{slug} POST",
                target,
                REQUESTS,
                lambda _i, path=path, answers=answers: visitor.expect(303, "POST", path, answers) and None,
            )
        )  # type: ignore[misc]
        steps.append(
            Step(
                f"{door}/{slug} POST, 3 faults",
                target,
                REQUESTS,
                lambda _i, path=path, wrong=wrong: visitor.expect(303, "POST", path, wrong) and None,
            )
        )  # type: ignore[misc]
    steps.append(sending(visitor))
    steps.append(journey(visitor))
    return steps


def sending(visitor: Visitor) -> Step:
    """The press of the last button, over forms filled in before the count begins."""
    name = f"{visitor.target.name} {visitor.way.door} sending"
    return Step(name, visitor.target, REQUESTS, lambda i: visitor.send(visitor.ready[i]) and None, visitor.prepare)


def journey(visitor: Visitor) -> Step:
    """From the first page to the receipt."""
    name = f"{visitor.target.name} {visitor.way.door} journey"
    return Step(name, visitor.target, JOURNEYS, lambda _i: visitor.journey())


def main() -> None:
    """Print the tables of docs/performance.md."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", default="", help="a PostgreSQL server's address with a trailing slash")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    with ExitStack() as stack:
        floor, product, unsealed = stack.enter_context(standing(stack, given.url))
        steps = floor_steps(floor)
        for way in (FAMILY, PRACTICE):
            steps += door_steps(Visitor(product, way))
            bare = Visitor(unsealed, way)
            steps += [sending(bare), journey(bare)]
        found = rounds(steps, given.rounds)
    report(found, f"{'PostgreSQL' if given.url else 'SQLite'}, {machine()}, {given.rounds} rounds")


def report(found: Mapping[str, list[float]], title: str) -> None:
    """Ratios and what a request costs."""
    get, post = found["floor GET"], found["floor POST"]
    both = [one + other for one, other in zip(get, post, strict=True)]
    print(f"Submission, {title}\n\n{HEAD}")
    for way in (FAMILY, PRACTICE):
        name = f"product {way.door}"
        for slug, _answers in way.pages:
            print(ratio(found[f"{name}/{slug} GET"], get).line(f"G2 GET {way.door}/{slug} / floor GET", 0.35))
        for slug, _answers in way.pages[:-1]:
            page = f"{way.door}/{slug}"
            print(ratio(found[f"product {page} POST"], post).line(f"G3 POST {page} / floor POST", 1))
            print(ratio(found[f"product {page} POST, 3 faults"], found["floor POST, 3 faults"]).line(f"POST {page} with 3 faults / floor POST with 3 faults", 1))  # fmt: skip
        sent, first = found[f"{name} sending"], found[f"{name}/{way.pages[0][0]} GET"]
        print(ratio(sent, post).line(f"G3 POST of the sending, {way.door} / floor POST", 1))
        print(ratio([a + b for a, b in zip(first, sent, strict=True)], both).line(f"G1 GET of a page + sending, {way.door} / floor GET + POST", 0.75))  # fmt: skip
        print(ratio(sent, found[f"unsealed {way.door} sending"]).line(f"G8 sending, {way.door}, sealed / not", 1.05))
        print(ratio(found[f"{name} journey"], found[f"unsealed {way.door} journey"]).line(f"G8 journey, {way.door}, sealed / not", 1.05))  # fmt: skip
        whole = ratio(found[f"{name} journey"], both)
        print(f"| whole journey, {way.door} / floor GET + POST | | {whole.median:.2f} | {whole.low:.2f} to {whole.high:.2f} | {whole.smallest:.2f} to {whole.largest:.2f} | reported |")  # fmt: skip
    print(
        "\nMilliseconds of CPU: " + ", ".join(f"{name} {median(figures) / 1000:.2f}" for name, figures in found.items())
    )


if __name__ == "__main__":
    main()
