"""Routing: total, deterministic, explained; the sender's own urgency is never lowered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.programs.routing import ORDER, facts_of, route
from tests.programs.test_docs import SHIPPED

CODES = [one.code for one in SHIPPED.folder.diseases]
yes_no = st.none() | st.booleans()
known = st.fixed_dictionaries(
    {
        "door": st.sampled_from(["inquiry", "referral"]),
        "wish": st.lists(st.sampled_from(["car_t", "gene_therapy", "transplant", "not_sure"]), max_size=3).map(tuple),
        "in_hospital": yes_no, "transfer": yes_no, "country": st.none() | st.sampled_from(["US", "CA"]),
    }
)  # fmt: skip


@given(
    st.sampled_from([None, *CODES]),
    known,
    st.sampled_from(ORDER),
    st.none() | st.sampled_from(["cart", "transplant", "gone"]),
)
def test_every_case_has_one_program_one_urgency_and_the_rows_that_decided(
    code: str | None, facts: dict[str, str | bool | tuple[str, ...] | None], asked: str, entered: str | None
) -> None:
    disease = SHIPPED.disease(code) if code else None
    found = route(SHIPPED, facts_of(disease, facts), asked, entered)
    assert found == route(SHIPPED, facts_of(disease, facts), asked, entered)
    assert SHIPPED.program(found.program)
    assert ORDER.index(found.urgency) >= ORDER.index(asked)
    ids = {row.id for row in SHIPPED.routing.program} | {"entered-here"}
    assert found.rows[0] in ids
    assert found.rows[1] in {row.id for row in SHIPPED.routing.urgency}
    if facts["in_hospital"] or (disease and disease.time_critical):
        assert found.urgency == "urgent"


def test_each_treated_disease_reaches_a_program_that_treats_it() -> None:
    for disease in SHIPPED.folder.diseases:
        found = route(SHIPPED, facts_of(disease, {}))
        program = SHIPPED.program(found.program)
        assert program is not None
        assert disease.code in program.diseases or not disease.treated, disease.code


def test_a_program_keeps_what_came_through_its_own_address_if_it_treats_it() -> None:
    leukemia, sickle_cell = SHIPPED.disease("other_leukemia"), SHIPPED.disease("sickle_cell")
    assert route(SHIPPED, facts_of(leukemia, {}), entered="transplant").program == "transplant"
    assert route(SHIPPED, facts_of(leukemia, {})).program == "cart"
    assert route(SHIPPED, facts_of(sickle_cell, {}), entered="transplant").program == "gene_therapy"


def test_the_longest_beginning_of_a_code_decides() -> None:
    for code, disease, label in (
        ("C91.02", "all", "ALL"), ("C92.00", "other_leukemia", "Leukemia"), ("C83.70", "nhl", "Burkitt lymphoma"),
        ("C83.3A", "nhl", "Large B-cell lymphoma"), ("D61.9", "marrow", "Marrow failure"), ("C71.9", "solid_tumor", "Solid tumor"),
        ("E71.520", "adrenoleukodystrophy", "Adrenoleukodystrophy"), ("E75.00", "metabolic", "Metabolic disease"),
    ):  # fmt: skip
        found = SHIPPED.disease_of(code)
        assert found is not None, code
        assert (found[0].code, found[1].label) == (disease, label)
    assert SHIPPED.disease_of("Z99") is None
