"""A hospital’s own sentences in one language: the schema of texts/<language>.yaml.

The product’s sentences live in the catalogue; never both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from app.programs.schema import stored


@stored
class Wording:
    """A text that people agree to, with the version that is kept with their answer."""

    version: str
    text: str


@stored
class Wordings:
    """Everything that people agree to, or are told."""

    privacy: Wording
    contact_me: Wording
    contact_doctor: Wording
    not_emergency: Wording
    nondiscrimination: Wording


@stored
class Section:
    """A titled piece of the home page."""

    title: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...] = ()
    note: str = ""


@stored
class Sections:
    """The titled pieces of the home page."""

    treatment: Section
    whom: Section
    team: Section
    trials: Section
    plan: Section


@stored
class Reading:
    """Something to learn more from, hosted by the program itself."""

    kind: Literal["video", "story", "booklet"]
    title: str
    about: str
    paragraphs: tuple[str, ...]
    slug: str


@stored
class EmergencyText:
    """What never waits for our call."""

    signs_call: str
    signs_clinic: str


@stored
class HomeText:
    """The first sentences of the home page."""

    title: str
    lede: str
    closed_hours: str
    coordinators: str


@stored
class Elsewhere:
    """The page for a diagnosis that is not treated here: kind, useful, and it can be sent all the same."""

    title: str
    paragraphs: tuple[str, ...]
    places: tuple[str, ...]


@stored
class TemplateWords:
    """A message in one language. `{phone}` and `{reference}` stand for those of the case that it is sent about."""

    title: str
    body: str


@stored
class MessageTemplate:
    """A message that staff send after reading it once more.

    `also` has it in languages that families read and the pages are not in.
    """

    title: str
    body: str
    also: Mapping[str, TemplateWords] = field(default_factory=dict)


@stored
class DiseaseText:
    """How a disease is called to a family."""

    label: str
    hint: str = ""


@stored
class Texts:
    """The hospital's own sentences in one language. The product's sentences live in the catalogue; never both."""

    physician_line_hours: str
    director_about: str
    emergency: EmergencyText
    home: HomeText
    diseases: Mapping[str, DiseaseText]
    wordings: Wordings
    sections: Sections
    readings: tuple[Reading, ...]
    elsewhere: Elsewhere
    messages: Mapping[str, MessageTemplate] = field(default_factory=dict)
    safety_words: tuple[str, ...] = ()
    invented: str = ""
