"""What a door asks about a disease of this group, as the folder's rows say. What was answered already is never hidden."""

from __future__ import annotations

from collections.abc import Callable

from app.programs.domain import Disease, DoorName, asked_by
from app.programs.service import hospital
from app.web.fields import AS_WRITTEN, Answers, Asking

UNKNOWN = "unknown"  # the group of what nobody knows yet


def asking(door: DoorName, disease_of: Callable[[Answers], Disease | None], answers: Answers) -> Asking:
    """For the answers so far; `disease_of` is how the door reads their disease."""
    rules = hospital().folder.forms
    if not rules:
        return AS_WRITTEN
    disease = disease_of(answers)
    hidden, required = asked_by(rules, door, disease.group if disease else UNKNOWN)
    answered = {name.partition("-")[0] for name, values in answers.items() if any(value.strip() for value in values)}
    return Asking(hidden - answered, required)
