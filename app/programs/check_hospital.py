"""What in hospital.yaml contradicts itself: names, numbers, hours, colors, diseases, questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import available_timezones

import holidays

from app.codes.languages import BY_TAG
from app.codes.places import countries
from app.programs.domain import FormRule, Hours, Span
from app.programs.found import CODE, TEL, Questions, Read, repeated
from app.programs.reading import Fault, Path, Source
from app.web.i18n import CATALOGUES, DESK

MONTHS_AHEAD = timedelta(days=396)  # 13 months
MOST_LISTED = 300  # letters of what the referral rows require: a submission keeps what it lacks in 1000
CONTRAST = 4.5  # WCAG 2.2, 1.4.3
HEX = re.compile(r"^#[0-9a-f]{6}$")
MAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[a-z]+$")


def of_hospital(found: Read, today: date) -> Iterator[Fault]:
    """Names, numbers, hours, languages, colors."""
    folder, source = found.folder, found.folder_source
    if not CODE.match(folder.code):
        yield source.fault(("code",), "`code` stands in addresses: write small letters, digits and _ only.")
    if not MAIL.match(folder.mail_from):
        yield source.fault(
            ("mail_from",), "`mail_from` is not an email address. Write one, as forms@hospital.example.org."
        )
    if folder.country not in dict(countries(DESK, folder.country)):
        yield source.fault(("country",), f"`country` {folder.country!r} is not known. Write two letters, as US.")
    if not re.fullmatch(r"[0-9]{2,6}", folder.emergency_number):
        yield source.fault(("emergency_number",), "`emergency_number` is dialed: write its digits in quotes.")
    for name in ("phone", "physician_line"):
        if not TEL.match(getattr(folder, name).uri):
            yield source.fault(
                (name, "uri"), f"`{name}.uri` is dialed: write tel:+ with the country code and digits only."
            )
    if folder.default_program not in {program.code for program, _source in found.programs}:
        yield source.fault(
            ("default_program",),
            f"`default_program` {folder.default_program!r} has no file in programs/. Write one that has.",
        )
    yield from of_hours(source, ("hours",), folder.hours, today)
    yield from of_languages(source, folder.languages)
    for name in ("became_patient", "never_seen", "spam"):
        if getattr(folder.retention, name) < 0:
            yield source.fault(("retention", name), f"`retention.{name}` is below zero. Write years.")
    yield from of_look(found)


def of_languages(source: Source, languages: Sequence[str]) -> Iterator[Fault]:
    """Tags that are known, each once, each with the product's own sentences."""
    for index, language in enumerate(languages):
        if language not in BY_TAG:
            yield source.fault(("languages", index), f"Language {language!r} is not known. Write its tag, as es.")
        elif language not in CATALOGUES and language != str(DESK):
            yield source.fault(
                ("languages", index), f"translations/ has no catalog of {language!r}. Add it, or take {language} out."
            )
    if not languages:
        yield source.fault(("languages",), "`languages` is empty. Write at least one.")
    yield from repeated(source, ("languages",), languages, None)


def of_look(found: Read) -> Iterator[Fault]:
    """Colors that can be read, a mark that is only a drawing."""
    look, source = found.folder.look, found.folder_source
    written = True
    for name in ("action", "on_action", "warmth", "warmth_wash"):
        for ground in ("light", "dark"):
            if not HEX.match(getattr(getattr(look, name), ground)):
                written = False
                yield source.fault(
                    ("look", name, ground), f'`look.{name}.{ground}` is not a color. Write it as "#0c5a5e".'
                )
    if written:
        for ground in ("light", "dark"):
            seen = contrast(getattr(look.action, ground), getattr(look.on_action, ground))
            if seen < CONTRAST:
                yield source.fault(
                    ("look", "on_action", ground),
                    f"Text in `on_action` on `action` has a contrast of {seen:.1f} in {ground}; at least {CONTRAST} can be read. Choose another.",
                )
    drawing = found.files.get(look.mark)
    if drawing is None:
        yield source.fault(
            ("look", "mark"), f"The file {look.mark!r} is not in the folder. Put it there, or name one that is."
        )
    elif not is_plain_drawing(drawing):
        yield source.fault(
            ("look", "mark"),
            f"{look.mark!r} must be an SVG drawing of at most 20 kB without scripts, links and styles of other hosts.",
        )


def is_plain_drawing(content: bytes) -> bool:
    """An SVG that draws and does nothing else."""
    text = content.decode("utf-8", "replace").casefold()
    harmful = re.search(
        r"<script|<!doctype|<!entity|<foreignobject|\bon[a-z]+\s*=|javascript:|href\s*=\s*[\"'](?!#)|url\(\s*[\"']?(?!#)",
        text,
    )
    return len(content) <= 20_000 and "<svg" in text and harmful is None


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two colors."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(color: str) -> float:
    """WCAG's relative luminance of #rrggbb."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def of_hours(source: Source, path: Path, hours: Hours, today: date) -> Iterator[Fault]:
    """A time zone that exists, spans in order, holidays that reach far enough."""
    if hours.time_zone not in available_timezones():
        yield source.fault(
            (*path, "time_zone"), f"Time zone {hours.time_zone!r} is not known. Write one such as America/New_York."
        )
    if hours.holidays_country not in holidays.list_supported_countries():
        yield source.fault(
            (*path, "holidays_country"),
            f"There are no holidays of {hours.holidays_country!r}. Write two letters, as US, and add your own days under `closed`.",
        )
    elif (
        hours.holidays_subdivision
        and hours.holidays_subdivision not in holidays.list_supported_countries()[hours.holidays_country]
    ):
        yield source.fault(
            (*path, "holidays_subdivision"),
            f"{hours.holidays_country} has no part {hours.holidays_subdivision!r}. Write its code, or leave it out.",
        )
    if hours.holidays_until < today + MONTHS_AHEAD:
        yield source.fault(
            (*path, "holidays_until"),
            f"The holidays are known until {hours.holidays_until}: less than 13 months ahead. Look up the closed days up to {today + MONTHS_AHEAD}, add yours, and move the date.",
        )
    if not any(spans for _day, spans in hours.weekly.days()):
        yield source.fault(
            (*path, "weekly"), "Nobody is there on any day: no promise could be kept. Write the hours of a weekday."
        )
    for name, groups in (("weekly", dict(hours.weekly.days())), ("exceptions", hours.exceptions)):
        for key, spans in groups.items():
            yield from of_spans(source, (*path, name, str(key)), spans)
    for day in hours.closed.keys() & hours.exceptions.keys():
        yield source.fault(
            (*path, "exceptions", str(day)), f"{day} is closed above and open here. Take out one of the two."
        )


def of_spans(source: Source, path: Path, spans: Sequence[Span]) -> Iterator[Fault]:
    """Hours of a day: each opens before it closes, one after another, to the minute."""
    for index, span in enumerate(spans):
        if span.opens.second or span.closes.second or span.opens.tzinfo or span.closes.tzinfo:
            yield source.fault((*path, index), 'Write hours to the minute and in quotes, as "08:00".')
        elif span.opens >= span.closes:
            yield source.fault(
                (*path, index),
                f"These hours close at {span.closes:%H:%M}, before they open. Turn them round, or split them at midnight.",
            )
        elif index and span.opens < spans[index - 1].closes:
            yield source.fault(
                (*path, index), "These hours begin before the ones above end. Join the two, or put them in order."
            )


def of_diseases(found: Read) -> Iterator[Fault]:
    """Codes once, groups named alike, each prefix one disease's."""
    folder, source = found.folder, found.folder_source
    yield from repeated(source, ("diseases",), (one.code for one in folder.diseases), "code")
    owners: dict[str, str] = {}
    for index, disease in enumerate(folder.diseases):
        for place, one in enumerate(disease.codes):
            where: Path = ("diseases", index, "codes", place, "prefix")
            if not re.fullmatch(r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?|[A-Z][0-9]?", one.prefix):
                yield source.fault(where, f"{one.prefix!r} is no beginning of an ICD-10-CM code. Write it as C91.0.")
            elif one.prefix in owners:
                yield source.fault(
                    where, f"{one.prefix} belongs to {owners[one.prefix]!r} already. Take it out of one of the two."
                )
            owners[one.prefix] = disease.code
    if not any(one.code == "not_sure" and one.asked for one in folder.diseases):
        yield source.fault(
            ("diseases",),
            "A family must be able to answer that they are not sure: add a disease with the code not_sure.",
        )


def of_forms(found: Read, questions: Questions) -> Iterator[Fault]:
    """Questions that exist, and none that is hidden and required at once."""
    source = found.folder_source
    groups = {one.group for one in found.folder.diseases}
    for index, rule in enumerate(found.folder.forms):
        path: Path = ("forms", index)
        for place, group in enumerate(rule.groups):
            if group not in groups:
                yield source.fault(
                    (*path, "groups", place),
                    f"No disease is in the group {group!r}. Write a group that is in `diseases`.",
                )
        yield from of_form(source, path, rule, questions[rule.door])
    listed = {name for rule in found.folder.forms if rule.door == "referral" for name in rule.required}
    if sum(len(name) + 1 for name in listed) > MOST_LISTED:
        yield source.fault(("forms", 0), "A receipt cannot list so many required answers. Require fewer of a referral.")


def of_form(source: Source, path: Path, rule: FormRule, asked: Mapping[str, bool]) -> Iterator[Fault]:
    """One row about a door's questions."""
    for name in ("hidden", "required"):
        for place, question in enumerate(getattr(rule, name)):
            if question not in asked:
                yield source.fault(
                    (*path, name, place),
                    f"The {rule.door} has no question {question!r}. Take it out, or write its name.",
                )
            elif name == "hidden" and (asked[question] or question in rule.required):
                yield source.fault(
                    (*path, name, place), f"{question!r} is required: it cannot be left out. Take it out of `hidden`."
                )
