"""What in the programs, the routing, the labels and the texts contradicts itself or hospital.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from app.codes.languages import BY_TAG
from app.programs.check_hospital import of_hours
from app.programs.check_on_call import DIALED, of_on_call
from app.programs.domain import LabelFact, Program, Route
from app.programs.found import CODE, TEL, Questions, Read, repeated
from app.programs.reading import Fault, Path, Source
from app.programs.texts import MessageTemplate, TemplateWords, Texts

PLACES = frozenset({"{phone}", "{reference}"})  # of a message template
URGENCIES = ("routine", "expedited", "urgent")
# What a row of routing, and one of a label, may ask about.
ROUTING_FACTS = frozenset(
    {
        "door",
        "diagnosis",
        "code",
        "group",
        "wish",
        "in_hospital",
        "transfer",
        "time_critical",
        "country",
        "state",
        "age_band",
    }
)
LABEL_FACTS = frozenset({"diagnosis", "code", "lineage", "status", "sex", "donor", "symptoms"})


def of_program(found: Read, program: Program, source: Source, questions: Questions, today: date) -> Iterator[Fault]:
    """What a program treats, promises and needs."""
    known = {one.code: one for one in found.folder.diseases}
    if source.file != f"programs/{program.code}.yaml":
        yield source.fault(("code",), f"`code` {program.code!r} and the file's name differ. Rename one of the two.")
    if program.code == found.folder.code:
        yield source.fault(("code",), "The hospital has this code already. Give the program another one.")
    if not CODE.match(program.code):
        yield source.fault(("code",), "`code` stands in addresses: write small letters, digits and _ only.")
    for index, code in enumerate(program.diseases):
        if code not in known:
            yield source.fault(
                ("diseases", index), f"Disease {code!r} is not in hospital.yaml. Add it there, or take it out here."
            )
        elif not known[code].treated:
            yield source.fault(
                ("diseases", index),
                f"Disease {code!r} is marked as not treated in hospital.yaml. Change one of the two.",
            )
    yield from of_promises(source, program)
    if program.ages.from_years >= program.ages.to_years:
        yield source.fault(("ages",), "The ages end before they begin. Turn them round.")
    if program.escalation.hours_before < 1:
        yield source.fault(
            ("escalation", "hours_before"),
            "Write how many hours before a broken promise the manager is told, at least 1.",
        )
    if program.hours is not None:
        yield from of_hours(source, ("hours",), program.hours, today)
    yield from of_records(found, program, source, questions)
    if program.phone is not None and not TEL.match(program.phone.uri):
        yield source.fault(("phone", "uri"), DIALED)
    yield from of_on_call(program, source)


def of_promises(source: Source, program: Program) -> Iterator[Fault]:
    """Promises that can be kept, and none where the page says to phone."""
    for urgency in URGENCIES:
        promise, path = program.promises.of(urgency), ("promises", urgency)
        if urgency == "urgent" and promise.first_contact is not None:
            yield source.fault(
                (*path, "first_contact"),
                "No hour is promised where it is urgent: the page says to phone. Take this out.",
            )
        if urgency != "urgent" and not 1 <= (promise.first_contact or 0) <= 10:
            yield source.fault(path, f"Write within how many business days ({urgency}) somebody calls, 1 to 10.")
        if not 1 <= promise.decision <= 30:
            yield source.fault((*path, "decision"), "Write within how many business days a decision is made, 1 to 30.")


def of_records(found: Read, program: Program, source: Source, questions: Questions) -> Iterator[Fault]:
    """Checklists of groups that exist, each record once, and each one that the referral asks about."""
    groups = {one.group for one in found.folder.diseases}
    for index, checklist in enumerate(program.records):
        for place, group in enumerate(checklist.groups):
            if group not in groups:
                yield source.fault(
                    ("records", index, "groups", place),
                    f"No disease is in the group {group!r}. Write a group of hospital.yaml.",
                )
        for place, one in enumerate(checklist.records):
            if f"record_{one.item}" not in questions["referral"]:
                yield source.fault(
                    ("records", index, "records", place, "item"),
                    f"The referral asks about no record {one.item!r}. Write a record of the form, as treatment_summary.",
                )
        yield from repeated(source, ("records", index, "records"), (one.item for one in checklist.records), "item")


def of_routing(found: Read) -> Iterator[Fault]:
    """Rows that name known facts, one row that always holds at the end, and no program that does not treat."""
    source = found.routing_source
    programs = {program.code: program for program, _source in found.programs}
    for name, rows, ends in (
        ("program", found.routing.program, tuple(programs)),
        ("urgency", found.routing.urgency, URGENCIES),
    ):
        yield from repeated(source, (name,), (row.id for row in rows), "id")
        if not rows or rows[-1].when:
            yield source.fault(
                (name,), f"The last row of `{name}` must have no `when`: it decides where no other row does. Add one."
            )
        for index, row in enumerate(rows):
            yield from of_row(found, source, (name, index), row, ends)
            if not row.when and index < len(rows) - 1:
                yield source.fault(
                    (name, index), f"Row {row.id!r} always holds, so the rows below it never decide. Put it last."
                )


def of_row(found: Read, source: Source, path: Path, row: Route, ends: Sequence[str]) -> Iterator[Fault]:
    """One row of routing."""
    if row.then not in ends:
        yield source.fault((*path, "then"), f"{row.then!r} is not known. Write one of: {', '.join(ends)}.")
    yield from of_conditions(found, source, (*path, "when"), row.when, ROUTING_FACTS)


def of_conditions(
    found: Read, source: Source, path: Path, when: Mapping[str, Sequence[str]], facts: frozenset[str]
) -> Iterator[Fault]:
    """Facts that are known, with values that can occur."""
    vocabularies = {
        "diagnosis": {one.code for one in found.folder.diseases}, "group": {one.group for one in found.folder.diseases},
        "door": {"inquiry", "referral"}, "in_hospital": {"yes", "no"}, "transfer": {"yes", "no"},
        "time_critical": {"yes", "no"}, "lineage": {"B", "T", "mixed"}, "sex": {"F", "M"},
    }  # fmt: skip
    for name, values in when.items():
        if name not in facts:
            yield source.fault(
                (*path, name),
                f"{name!r} is no fact that a row can ask about. Write one of: {', '.join(sorted(facts))}.",
            )
            continue
        if not values:
            yield source.fault(
                (*path, name), f"`{name}` has no values, so the row never holds. Write some, or take it out."
            )
        for place, value in enumerate(values):
            if name in vocabularies and value not in vocabularies[name]:
                yield source.fault(
                    (*path, name, place),
                    f"{value!r} never occurs as {name}. Write one of: {', '.join(sorted(vocabularies[name]))}.",
                )


def of_label(found: Read, index: int, fact: LabelFact, today: date) -> Iterator[Fault]:
    """A label fact with a diagnosis, dates in order and bounds that hold somebody."""
    source, path = found.labels_source, ("labels", index)
    if "diagnosis" not in fact.when:
        yield source.fault((*path, "when"), "A label is for a diagnosis. Add `diagnosis` with its codes.")
    yield from of_conditions(found, source, (*path, "when"), fact.when, LABEL_FACTS)
    if fact.checked > today:
        yield source.fault(
            (*path, "checked"), "This day has not come yet. Write the day on which somebody read the label."
        )
    if fact.labeled > fact.checked:
        yield source.fault(
            (*path, "labeled"), "The label is newer than the day on which it was read. One of the two is wrong."
        )
    if fact.age is not None:
        begins, ends = fact.age.from_months or 0, fact.age.before_months
        if begins < 0 or (ends is not None and begins >= ends):
            yield source.fault((*path, "age"), "No age lies within these bounds. Turn them round.")


def of_texts(found: Read, language: str) -> Iterator[Fault]:
    """A file of texts for each language, with every disease, wording and section."""
    if language not in found.texts:
        yield found.folder_source.fault(
            ("languages",), f"texts/{language}.yaml is missing. Write it, or take {language} out of `languages`."
        )
        return
    texts, source = found.texts[language]
    asked = [one.code for one in found.folder.diseases if one.asked]
    for code in asked:
        if code not in texts.diseases:
            yield source.fault(("diseases",), f"Disease {code!r} has no words for families. Add its label.")
    for code in texts.diseases.keys() - set(asked):
        yield source.fault(
            ("diseases", code), f"Families are not asked about {code!r}. Take it out, or ask for it in hospital.yaml."
        )
    yield from of_templates(source, texts)
    yield from repeated(source, ("readings",), (one.slug for one in texts.readings), "slug")


def of_templates(source: Source, texts: Texts) -> Iterator[Fault]:
    """Messages whose places are known, in languages that are."""
    for code, template in texts.messages.items():
        written: list[tuple[str, MessageTemplate | TemplateWords]] = [("", template), *template.also.items()]
        for language, words in written:
            path: Path = ("messages", code, *(("also", language) if language else ()))
            if language and language not in BY_TAG:
                yield source.fault(path, f"Language {language!r} is not known. Write its tag, as es.")
            strange = set(re.findall(r"\{[^}]*\}?", words.body)) - PLACES
            if strange:
                yield source.fault(
                    (*path, "body"),
                    f"{', '.join(sorted(strange))} stands for nothing. Write one of {', '.join(sorted(PLACES))}, or take it out.",
                )
