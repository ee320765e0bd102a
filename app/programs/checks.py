"""What in a folder contradicts itself, though every value alone is right. Each fault says its line and the mend."""

from __future__ import annotations

from datetime import date

from app.programs.check_hospital import of_diseases, of_forms, of_hospital
from app.programs.check_programs import of_label, of_program, of_routing, of_texts
from app.programs.found import Questions, Read, repeated
from app.programs.reading import Fault


def contradictions(found: Read, questions: Questions, today: date) -> list[Fault]:
    """Every contradiction of a folder."""
    faults = [*of_hospital(found, today), *of_diseases(found), *of_forms(found, questions)]
    for program, source in found.programs:
        faults += of_program(found, program, source, questions, today)
    faults += of_routing(found)
    for index, fact in enumerate(found.labels):
        faults += of_label(found, index, fact, today)
    faults += repeated(found.labels_source, ("labels",), (one.id for one in found.labels), "id")
    for language in found.folder.languages:
        faults += of_texts(found, language)
    return faults
