"""Which program takes a case and how urgent it is at least, by the rows of routing.yaml; what decided is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.programs.domain import Disease, Hospital, Route
from app.programs.rules import Facts, first_that_holds

ORDER = ("routine", "expedited", "urgent")


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a case goes, and the ids of the rows that decided."""

    program: str
    urgency: str
    rows: tuple[str, str]


def route(hospital: Hospital, facts: Facts, asked: str = "routine", entered: str | None = None) -> Routed:
    """Total: the last row of each part always holds. `asked` is the sender's own word, which is never lowered.

    `entered` is the program through whose own address the form came: it keeps the case if it treats the disease.
    """
    program, urgency = decided(hospital.routing.program, facts), decided(hospital.routing.urgency, facts)
    highest = max(asked, urgency.then, key=ORDER.index)
    own = hospital.program(entered) if entered else None
    if own is not None and set(facts.get("diagnosis", ())) & set(own.diseases):
        return Routed(own.code, highest, ("entered-here", urgency.id))
    return Routed(program.then, highest, (program.id, urgency.id))


def decided(rows: tuple[Route, ...], facts: Facts) -> Route:
    """The row that decides; a checked folder ends with one that always holds."""
    return first_that_holds(rows, facts) or rows[-1]


def facts_of(disease: Disease | None, known: Mapping[str, str | bool | tuple[str, ...] | None]) -> Facts:
    """Facts for the rows: yes and no for booleans, nothing for what is not known; what follows from the disease."""
    facts = {name: values for name, value in known.items() if (values := values_of(value))}
    if disease is not None:
        facts |= {
            "diagnosis": (disease.code,), "group": (disease.group,),
            "time_critical": ("yes" if disease.time_critical else "no",),
        }  # fmt: skip
    return facts


def values_of(value: str | bool | tuple[str, ...] | None) -> tuple[str, ...]:  # noqa: FBT001  a fact's value
    """One value, several, or none."""
    if value is None or value == "":
        return ()
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    return (value,) if isinstance(value, str) else value
