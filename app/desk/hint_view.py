"""How routing hints read on a case: a label's words, what fits, what is not known, and the basis. For staff only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.programs.domain import Confidence
from app.programs.hints import Fit, Hint, hints
from app.programs.rules import Facts
from app.programs.service import hospital
from app.web.i18n import day_words

FACT_WORDS: Mapping[str, LazyString] = {
    "code": _l("the code"),
    "lineage": _l("B or T lineage"),
    "status": _l("disease status"),
    "sex": _l("sex"),
    "donor": _l("donor"),
    "age": _l("age"),
}
CONFIDENCE_WORDS: Mapping[Confidence, LazyString] = {
    Confidence.HIGH: _l("well supported"),
    Confidence.MEDIUM: _l("one source: read the label"),
    Confidence.LOW: _l("not verified: read the label"),
}


@dataclass(frozen=True, slots=True)
class HintView:
    """One label beside what is known of the child."""

    product: str
    population: str
    fits: bool
    says: str
    changes: str
    note: str
    basis: str
    stale: bool


def hint_views(known: Facts, birth_date: str | None, today: date) -> tuple[HintView, ...]:
    """The labels of this diagnosis, in the order of the folder: no ranking."""
    born = date.fromisoformat(birth_date) if birth_date else None
    return tuple(hint_view(one) for one in hints(hospital().label_facts, known, born, today))


def hint_view(hint: Hint) -> HintView:
    """One hint in words."""
    fact = hint.fact
    return HintView(
        product=fact.product, population=fact.population, fits=hint.fit is Fit.FITS, says=says(hint),
        changes=_("The age changes this on %(day)s.", day=day_words(hint.changes_on)) if hint.changes_on else "",
        note=fact.note,
        basis=_(
            "Label of %(label)s, read %(read)s: %(source)s; %(confidence)s.", label=day_words(fact.labeled),
            read=day_words(fact.checked), source=fact.source, confidence=CONFIDENCE_WORDS[fact.confidence],
        ), stale=hint.stale,
    )  # fmt: skip


def says(hint: Hint) -> str:
    """Fits, not known, or what speaks against it; unknown facts are named in each case."""
    unknown = ", ".join(str(FACT_WORDS.get(name, name)) for name in hint.unknown)
    against = ", ".join(str(FACT_WORDS.get(name, name)) for name in hint.against)
    if hint.fit is Fit.FITS:
        return _("Fits what is known.")
    if hint.fit is Fit.UNCLEAR:
        return _("Not known yet: %(facts)s.", facts=unknown)
    if unknown:
        return _("Outside the label: %(against)s. Not known yet: %(unknown)s.", against=against, unknown=unknown)
    return _("Outside the label: %(against)s.", against=against)
