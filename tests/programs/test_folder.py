"""A folder with a fault is refused with file, line and the mend; one without is a whole hospital."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from app.programs.folder import FolderRefused, built, digest_of, files_of, packed, unpacked
from app.referrals.domain import RECORDS
from config import ROOT

TODAY = date(2026, 11, 25)
SHIPPED = ROOT / "app" / "programs" / "data" / "wrenfield"
FILES = files_of(SHIPPED)
QUESTIONS = {
    "inquiry": {"how_heard": False, "postal_code": False, "child_given_name": True},
    "referral": {"npi": False, "icd10cm": True, **{f"record_{name}": False for name in RECORDS}},
}

HOSPITAL, ROUTING, LABELS, CART, TEXTS = (
    "hospital.yaml",
    "routing.yaml",
    "labels.yaml",
    "programs/cart.yaml",
    "texts/en.yaml",
)
# File, what stands there, what a slip makes of it, a piece of the sentence that must come back.
SLIPS: tuple[tuple[str, str, str, str], ...] = (
    # missing
    (HOSPITAL, "code: wrenfield\n", "", "`code` is missing. Add it."),
    (HOSPITAL, "edition: 2026-11-25\n", "", "`edition` is missing"),
    (HOSPITAL, "name: Wrenfield Children’s\n", "", "`name` is missing"),
    (HOSPITAL, "sender_name: Wrenfield forms\n", "", "`sender_name` is missing"),
    (HOSPITAL, 'emergency_number: "911"\n', "", "`emergency_number` is missing"),
    (HOSPITAL, "  uri: tel:+16175550142\n", "", "`phone.uri` is missing"),
    (HOSPITAL, "  title: Director of Clinical Operations\n", "", "`director.title` is missing"),
    (HOSPITAL, "  time_zone: America/New_York\n", "", "`hours.time_zone` is missing"),
    (HOSPITAL, "  holidays_until: 2028-01-31\n", "", "`hours.holidays_until` is missing"),
    (HOSPITAL, "  mark: mark.svg\n", "", "`look.mark` is missing"),
    (HOSPITAL, "  spam: 1\n", "", "`retention.spam` is missing"),
    (HOSPITAL, "  prescriber: npi\n", "", "`identifiers.prescriber` is missing"),
    (HOSPITAL, "- code: nhl\n  group: lymphoma\n", "- code: nhl\n", "`diseases.1.group` is missing"),
    (CART, "name: CAR T-cell therapy\n", "", "`name` is missing"),
    (CART, "escalation: {hours_before: 2}\n", "", "`escalation` is missing"),
    (CART, "  urgent: {decision: 1}\n", "", "`promises.urgent` is missing"),
    (ROUTING, "- {id: all-others, then: cart}\n", "", "must have no `when`"),
    (ROUTING, "- {id: as-asked, then: routine}\n", "", "must have no `when`"),
    (LABELS, "  checked: 2026-11-02\n  source: US prescribing information\n", "  source: US prescribing information\n", "`0.checked` is missing"),
    (LABELS, "    diagnosis: [all]\n    lineage: [B]\n    status: [refractory_primary, refractory_relapse, relapse_2plus, relapse_after_sct]\n  age: {before_months: 312}", "    lineage: [B]\n  age: {before_months: 312}", "Add `diagnosis`"),
    (TEXTS, "  nhl:\n    label: Non-Hodgkin lymphoma\n", "", "'nhl' has no words for families"),
    (TEXTS, "physician_line_hours: Day and night\n", "", "`physician_line_hours` is missing"),
    (TEXTS, "  not_emergency:\n    version: '2026-11-01'\n    text: This is not an emergency.\n", "", "`wordings.not_emergency` is missing"),
    # mistyped
    (HOSPITAL, "mail_from: forms@wrenfield.example.org", "mail_from: forms at wrenfield", "not an email address"),
    (HOSPITAL, "code: wrenfield", "code: Wrenfield Children", "small letters"),
    (HOSPITAL, "edition: 2026-11-25", "edition: last week", "Write a day"),
    (HOSPITAL, "edition: 2026-11-25", "edition: 2026-13-25", "Write a day"),
    (HOSPITAL, "country: US", "country: USA", "two letters"),
    (HOSPITAL, 'emergency_number: "911"', "emergency_number: 911", "put it in quotes"),
    (HOSPITAL, 'emergency_number: "911"', 'emergency_number: "call us"', "write its digits"),
    (HOSPITAL, "  uri: tel:+16175550142", "  uri: (617) 555-0142", "tel:+"),
    (HOSPITAL, "  uri: tel:+16175550150", "  uri: tel:617-555-0150", "tel:+"),
    (HOSPITAL, "  display: (617) 555-0142", "  dispay: (617) 555-0142", "Write `display`, if that was meant"),
    (HOSPITAL, "director:\n  name:", "director:\n  nme:", "Write `name`, if that was meant"),
    (HOSPITAL, "  time_zone: America/New_York", "  time_zone: America/Newyork", "is not known"),
    (HOSPITAL, "  holidays_country: US", "  holidays_country: USA1", "There are no holidays"),
    (HOSPITAL, '    monday: [{opens: "08:00", closes: "17:00"}]', "    monday: [{opens: 8, closes: 17}]", 'as "08:00"'),
    (HOSPITAL, '    monday: [{opens: "08:00", closes: "17:00"}]', '    monday: [{opens: "8 am", closes: "17:00"}]', 'as "08:00"'),
    (HOSPITAL, '    monday: [{opens: "08:00", closes: "17:00"}]', '    moonday: [{opens: "08:00", closes: "17:00"}]', "Write `monday`, if that was meant"),
    (HOSPITAL, '    monday: [{opens: "08:00", closes: "17:00"}]', "    monday: closed", "Write a list"),
    (HOSPITAL, "  prescriber: npi", "  prescriber: npl", "Write one of: 'npi' or 'local'"),
    (HOSPITAL, "  became_patient: 30", "  became_patient: thirty", "Write a whole number"),
    (HOSPITAL, "  became_patient: 30", "  became_patient: -1", "below zero"),
    (HOSPITAL, '  action: {light: "#0c5a5e", dark: "#86d3c9"}', '  action: {light: teal, dark: "#86d3c9"}', "is not a color"),
    (HOSPITAL, '  action: {light: "#0c5a5e", dark: "#86d3c9"}', '  action: "#0c5a5e"', "Write its fields below it"),
    (HOSPITAL, "languages: [en]", "languages: [en, klingon]", "is not known"),
    (HOSPITAL, "languages: [en]", "languages: en", "Write a list"),
    (HOSPITAL, "languages: [en]", "languages: []", "Write at least one"),
    (HOSPITAL, "- {prefix: C91.0, label: ALL}", "- {prefix: 91.0, label: ALL}", "Write text"),
    (HOSPITAL, "- {prefix: C91.0, label: ALL}", "- {prefix: leukemia, label: ALL}", "no beginning of an ICD-10-CM code"),
    (HOSPITAL, "  time_critical: true", "  time_critical: maybe", "Write true or false"),
    (CART, "doors: [inquiry, referral]", "doors: [inquiry, refferal]", "Write one of"),
    (CART, "  routine: {first_contact: 1, decision: 2}", "  routine: {first_contact: one, decision: 2}", "Write a whole number"),
    (CART, "  routine: {first_contact: 1, decision: 2}", "  rutine: {first_contact: 1, decision: 2}", "Write `routine`, if that was meant"),
    (CART, "  routine: {first_contact: 1, decision: 2}", "  routine: {first_contact: 1, decison: 2}", "Write `decision`, if that was meant"),
    (CART, "  - {item: pathology_report, owner: referrer}", "  - {item: pathology_report, owner: nobody}", "Write one of"),
    (CART, "  - {item: pathology_report, owner: referrer}", "  - {item: pathology_report, owner: referrer, needed: 3}", "Write true or false"),
    (CART, "ages: {from_years: 0, to_years: 25}", "ages: 0 to 25", "Write its fields below it"),
    (ROUTING, "when: {group: [hemoglobin]}", "when: {grup: [hemoglobin]}", "is no fact"),
    (ROUTING, "when: {group: [hemoglobin]}", "when: {group: hemoglobin}", "Write a list"),
    (ROUTING, "when: {group: [hemoglobin]}", "when: {group: [haemoglobin]}", "never occurs"),
    (ROUTING, 'when: {in_hospital: ["yes"]}', "when: {in_hospital: [true]}", "Write text"),
    (ROUTING, "- {id: hemoglobin, then: gene_therapy, when: {group: [hemoglobin]}}", "- {id: hemoglobin, than: gene_therapy, when: {group: [hemoglobin]}}", "Write `then`, if that was meant"),
    (LABELS, "  confidence: high", "  confidence: certain", "Write one of"),
    (LABELS, "  age: {before_months: 312}", "  age: {before: 312}", "Write `before_months`, if that was meant"),
    (LABELS, "  age: {before_months: 312}", "  age: 26", "Write its fields below it"),
    (LABELS, "  labeled: 2017-08-30", "  labeled: August 2017", "Write a day"),
    (LABELS, "    lineage: [B]", "    lineage: [b]", "never occurs"),
    (LABELS, "labels:\n", "label:\n", "Write one field, `labels`"),
    (TEXTS, "  lede: Ask us.", "  lead: Ask us.", "Write `lede`, if that was meant"),
    (TEXTS, "- kind: video", "- kind: movie", "Write one of"),
    # contradictory
    (HOSPITAL, "default_program: cart", "default_program: car_t", "has no file in programs/"),
    (HOSPITAL, "  holidays_until: 2028-01-31", "  holidays_until: 2027-06-30", "less than 13 months ahead"),
    (HOSPITAL, '    monday: [{opens: "08:00", closes: "17:00"}]', '    monday: [{opens: "17:00", closes: "08:00"}]', "before they open"),
    (HOSPITAL, '    monday: [{opens: "08:00", closes: "17:00"}]', '    monday: [{opens: "08:00", closes: "13:00"}, {opens: "12:00", closes: "17:00"}]', "begin before the ones above end"),
    (HOSPITAL, "    2027-11-26: Day after Thanksgiving\n", '    2027-11-26: Day after Thanksgiving\n  exceptions:\n    2027-11-26: [{opens: "08:00", closes: "12:00"}]\n', "closed above and open here"),
    (HOSPITAL, '  on_action: {light: "#fffdf9", dark: "#0b2526"}', '  on_action: {light: "#2a6a6e", dark: "#0b2526"}', "contrast"),
    (HOSPITAL, "  mark: mark.svg", "  mark: logo.svg", "is not in the folder"),
    (HOSPITAL, "languages: [en]", "languages: [en, es]", "texts/es.yaml is missing"),
    (HOSPITAL, "languages: [en]", "languages: [en, en]", "stands here twice"),
    (HOSPITAL, "- code: nhl\n", "- code: all\n", "stands here twice"),
    (HOSPITAL, "- {prefix: D56, label: Thalassemia}", "- {prefix: D57, label: Thalassemia}", "belongs to 'sickle_cell' already"),
    (HOSPITAL, "- code: not_sure\n  group: unknown\n", "", "not sure"),
    (CART, "code: cart\n", "code: car_t\n", "the file's name differ"),
    (CART, "diseases: [all, nhl, other_leukemia, other, not_sure]", "diseases: [all, nhl, leukaemia]", "is not in hospital.yaml"),
    (CART, "diseases: [all, nhl, other_leukemia, other, not_sure]", "diseases: [all, solid_tumor]", "not treated"),
    (CART, "  urgent: {decision: 1}", "  urgent: {first_contact: 1, decision: 1}", "No hour is promised"),
    (CART, "  routine: {first_contact: 1, decision: 2}", "  routine: {decision: 2}", "within how many business days"),
    (CART, "  routine: {first_contact: 1, decision: 2}", "  routine: {first_contact: 1, decision: 0}", "1 to 30"),
    (CART, "ages: {from_years: 0, to_years: 25}", "ages: {from_years: 25, to_years: 0}", "end before they begin"),
    (CART, "escalation: {hours_before: 2}", "escalation: {hours_before: 0}", "at least 1"),
    (CART, "- groups: [leukemia, lymphoma]", "- groups: [leukaemia]", "No disease is in the group"),
    (CART, "  - {item: flow_cytometry, owner: referrer}", "  - {item: pathology_report, owner: referrer}", "stands here twice"),
    (CART, "  - {item: flow_cytometry, owner: referrer}", "  - {item: flow_cytometri, owner: referrer}", "asks about no record"),
    (ROUTING, "then: transplant, when: {group: [immune, marrow]}", "then: transplants, when: {group: [immune, marrow]}", "Write one of"),
    (ROUTING, "- {id: cancer, then: cart, when: {group: [leukemia, lymphoma]}}", "- {id: cancer, then: cart}", "never decide"),
    (ROUTING, "- {id: hemoglobin,", "- {id: cancer,", "stands here twice"),
    (ROUTING, "when: {group: [hemoglobin]}", "when: {group: []}", "never holds"),
    (LABELS, "- id: brexucabtagene-all", "- id: tisagenlecleucel-all", "stands here twice"),
    (LABELS, "  age: {before_months: 312}", "  age: {from_months: 400, before_months: 312}", "No age lies within"),
    (LABELS, "  checked: 2026-11-02\n  source: US prescribing", "  checked: 2027-01-02\n  source: US prescribing", "has not come yet"),
    (LABELS, "  labeled: 2017-08-30", "  labeled: 2026-11-03", "newer than the day"),
    (TEXTS, "  other:\n    label: Something else\n", "  other:\n    label: Something else\n  marrow:\n    label: Marrow\n", "not asked about"),
    (TEXTS, "  slug: we-packed-for-a-week", "  slug: how-car-t-cells-are-made", "stands here twice"),
    # cyclic, doubled, unreadable
    (HOSPITAL, "languages: [en]", "languages: &all [*all]", "Write the value out"),
    (HOSPITAL, "  spam: 1\n", "  spam: 1\n  spam: 2\n", "cannot be read"),
    (HOSPITAL, "phone:\n", "phone: [\n", "cannot be read"),
    (CART, "doors: [inquiry, referral]", "doors: [inquiry, referral", "cannot be read"),
    (TEXTS, "  title: Could cell", "  title: Could: cell", "cannot be read"),
    (ROUTING, "program:\n", "\tprogram:\n", "cannot be read"),
)  # fmt: skip


@pytest.mark.parametrize(
    "slip", SLIPS, ids=[f"{file}: {sentence} ({index})" for index, (file, _old, _new, sentence) in enumerate(SLIPS)]
)
def test_a_slip_of_the_pen_is_refused_with_file_line_and_the_mend(slip: tuple[str, str, str, str]) -> None:
    file, old, new, sentence = slip
    text = FILES[file].decode()
    assert old in text, "the table of slips is older than the folder"
    place = text.index(old)
    mutated = text[:place] + new + text[place + len(old) :]
    with pytest.raises(FolderRefused) as refused:
        built({**FILES, file: mutated.encode()}, QUESTIONS, TODAY)
    fitting = [fault for fault in refused.value.faults if sentence in fault.sentence]
    assert fitting, str(refused.value)
    assert len(refused.value.faults) <= 5, "one slip, one complaint and what follows from it"
    fault = fitting[0]
    assert fault.file in FILES
    assert 1 <= fault.line <= len(FILES[fault.file].decode().splitlines()) + 2
    if fault.file == file and new and "is missing" not in fault.sentence and "twice" not in sentence:
        begins = mutated[:place].count("\n") + 1
        assert begins - 3 <= fault.line <= begins + max(old.count("\n"), new.count("\n")) + 3, str(fault)


def test_a_hundred_slips_are_tried() -> None:
    assert len(SLIPS) >= 100


@pytest.mark.parametrize("file", sorted(name for name in FILES if name.endswith(".yaml")))
def test_a_file_that_is_gone_empty_or_not_text_is_refused(file: str) -> None:
    for content in (b"", b"- 1\n", b"\xff\xfe", b"just words"):
        with pytest.raises(FolderRefused) as refused:
            built({**FILES, file: content}, QUESTIONS, TODAY)
        assert any(fault.file == file for fault in refused.value.faults), content
    without = {name: content for name, content in FILES.items() if name != file}
    with pytest.raises(FolderRefused):
        built(without, QUESTIONS, TODAY)


@pytest.mark.parametrize(
    "drawing",
    [
        b"<svg><script>1</script></svg>",
        b'<svg onload="x()"/>',
        b'<svg><image href="//other"/></svg>',
        b"\x89PNG",
        b"<svg>" + b" " * 20_001,
    ],
)
def test_a_mark_that_does_more_than_draw_is_refused(drawing: bytes) -> None:
    with pytest.raises(FolderRefused, match="SVG drawing"):
        built({**FILES, "mark.svg": drawing}, QUESTIONS, TODAY)


def test_questions_that_do_not_exist_or_cannot_be_left_out_are_refused() -> None:
    text = FILES[HOSPITAL].decode()
    for rule, sentence in (
        ("- {door: inquiry, hidden: [shoe_size]}", "has no question 'shoe_size'"),
        ("- {door: inquiry, hidden: [child_given_name]}", "cannot be left out"),
        ("- {door: inquiry, hidden: [how_heard], required: [how_heard]}", "cannot be left out"),
        ("- {door: inquiry, groups: [nobody], hidden: [how_heard]}", "No disease is in the group"),
        ("- {door: referral, required: [" + ", ".join(QUESTIONS["referral"]) + "]}", "cannot list so many"),
    ):
        with pytest.raises(FolderRefused, match=sentence) as refused:
            built({**FILES, HOSPITAL: f"{text}forms:\n{rule}\n".encode()}, QUESTIONS, TODAY)
        assert refused.value.faults[0].line == len(text.splitlines()) + 2


def test_the_shipped_folder_is_whole_and_its_bytes_come_back() -> None:
    found = built(FILES, QUESTIONS, TODAY)
    assert found.digest == digest_of(FILES)
    assert unpacked(packed(FILES)) == FILES
    assert {program.code for program in found.programs} == {"cart", "gene_therapy", "transplant"}


def test_any_change_of_a_byte_is_another_version(tmp_path: Path) -> None:
    for name, content in FILES.items():
        assert digest_of({**FILES, name: content + b"\n"}) != digest_of(FILES), name
    with pytest.raises(FolderRefused, match="no program folder"):
        files_of(tmp_path)


FELLOW = "  phone: {display: (617) 555-0151, uri: tel:+16175550151}\n"


@pytest.mark.parametrize(
    ("channel", "said"),
    [
        ("mail: pager at hospital", "`on_call.0.mail`|not an email address"),
        ("webhook: http://paging.example.org/pages", "https only"),
        ("webhook: ftp://paging.example.org/pages", "https only"),
        ("webhook: https://", "not an address"),
        ("webhook: https://paging.example.org:port/pages", "not an address"),
        ("webhook: https://paging.example.org/pa ges", "not an address"),
        ("webhook: https://name:secret@paging.example.org/pages", "PAGE_WEBHOOK_TOKEN"),
        ("webhook: https://paging.example.org/pages?token=secret", "PAGE_WEBHOOK_TOKEN"),
        ("pager: fellow@pager.example.org", "is not a field here"),
    ],
)
def test_an_on_call_list_that_cannot_be_paged_is_refused(channel: str, said: str) -> None:
    text = FILES[CART].decode().replace(FELLOW, f"{FELLOW}  {channel}\n")
    with pytest.raises(FolderRefused) as refused:
        built({**FILES, CART: text.encode()}, QUESTIONS, TODAY)
    (fault,) = refused.value.faults
    assert re.search(said, fault.sentence), fault
    assert text.splitlines()[fault.line - 1].strip() == channel


def test_names_on_call_differ_and_each_channel_is_taken() -> None:
    twice = FILES[CART].decode().replace("Attending on call", "Oncology fellow on call")
    with pytest.raises(FolderRefused, match="stands here twice"):
        built({**FILES, CART: twice.encode()}, QUESTIONS, TODAY)
    both = (
        FILES[CART]
        .decode()
        .replace(FELLOW, f"{FELLOW}  mail: fellow@pager.example.org\n  webhook: https://paging.example.org/pages\n")
    )
    found = built({**FILES, CART: both.encode()}, QUESTIONS, TODAY).program("cart")
    assert found
    assert [one.channels for one in found.on_call] == [("webhook", "mail"), ()]
