"""What a new version of the folder may not do to the one in force."""

from __future__ import annotations

from dataclasses import replace

from app.programs.domain import Hospital
from app.programs.folder import built
from app.programs.succession import InUse, faults_against
from tests.programs.test_folder import FILES, QUESTIONS, TODAY

NOTHING = InUse((), ())


def shipped() -> Hospital:
    """The version in force."""
    return built(FILES, QUESTIONS, TODAY)


def test_a_program_with_cases_or_people_cannot_be_taken_out() -> None:
    before = shipped()
    found = replace(before, programs=before.programs[:1])
    assert not list(faults_against(before, found, FILES, NOTHING))
    for in_use in (InUse({"transplant"}, ()), InUse((), {"transplant"})):
        (fault,) = faults_against(before, found, FILES, in_use)
        assert fault.file == "programs/transplant.yaml"
        assert "Keep its file" in str(fault)


def test_words_that_people_agreed_to_do_not_change_under_the_same_version() -> None:
    before = shipped()
    texts = before.texts["en"]
    given = texts.wordings.contact_me
    for version, refused in ((given.version, True), ("2027-01-01", False)):
        wordings = replace(texts.wordings, contact_me=replace(given, text="You may share it all.", version=version))
        found = replace(before, texts={"en": replace(texts, wordings=wordings)})
        faults = list(faults_against(before, found, FILES, NOTHING))
        assert bool(faults) is refused
        assert all("`contact_me`" in str(one) and one.file == "texts/en.yaml" for one in faults)
