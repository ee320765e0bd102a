"""What a folder may not do to the version in force: leave a case where nobody looks, or change agreed words unseen."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields

from app.programs.domain import Hospital
from app.programs.folder import Files
from app.programs.reading import Fault, read
from app.programs.texts import Wordings


@dataclass(frozen=True, slots=True)
class InUse:
    """Codes of programs: those with open cases, and those in which somebody works."""

    with_cases: Collection[str]
    with_people: Collection[str]


def faults_against(before: Hospital, found: Hospital, files: Files, in_use: InUse) -> Iterator[Fault]:
    """Each with its file, its line and the mend."""
    kept = {program.code for program in found.programs}
    for code in sorted(
        {*in_use.with_cases, *in_use.with_people} & {program.code for program in before.programs} - kept
    ):
        yield Fault(
            f"programs/{code}.yaml", 1,
            f"Program {code!r} is in force and has cases or people, whom nobody would find. Keep its file, with no doors.",
        )  # fmt: skip
    for language in before.texts.keys() & found.texts.keys():
        for one in fields(Wordings):
            old, new = (getattr(whole.texts[language].wordings, one.name) for whole in (before, found))
            if old.version == new.version and old.text != new.text:
                file = f"texts/{language}.yaml"
                source, _wrong = read(file, files[file])
                yield source.fault(
                    ("wordings", one.name, "version"),
                    f"The words of `{one.name}` changed and their version did not: people agreed to other words. Write a new version.",
                )
