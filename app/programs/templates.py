"""Message templates of the hospital in one language, ready to be sent about one case."""

from __future__ import annotations

from app.programs.service import hospital
from app.programs.texts import TemplateWords


def templates_in(language: str, *, program: str, reference: str) -> dict[str, TemplateWords]:
    """By code. The folder's own texts come before what stands `also` beside those of another language."""
    found = hospital()
    phone = (found.program_or_default(program).phone or found.folder.phone).display
    own, made = found.texts.get(language), {}
    for texts in found.texts.values():
        for code, template in texts.messages.items():
            if language in template.also:
                made[code] = template.also[language]
    if own:
        made |= {code: TemplateWords(one.title, one.body) for code, one in own.messages.items()}
    return {
        code: TemplateWords(one.title, one.body.replace("{phone}", phone).replace("{reference}", reference))
        for code, one in made.items()
    }
