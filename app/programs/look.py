"""The stylesheet that a hospital's colors make: a few custom properties laid over the product's own."""

from __future__ import annotations

from app.programs.domain import Look

INK = {"light": "#1e2f2f", "dark": "#f3ece0"}
CARD = {"light": "#fffdf9", "dark": "#1c2525"}


def stylesheet(look: Look) -> str:
    """Light, and dark where the system asks for it. Washes and lines are mixed from the two colors."""
    return f":root{{{properties(look, 'light')}}}\n@media (prefers-color-scheme:dark){{:root{{{properties(look, 'dark')}}}}}\n"


def properties(look: Look, ground: str) -> str:
    """One ground's colors."""
    action, warmth = getattr(look.action, ground), getattr(look.warmth, ground)
    found = {
        "teal": action, "on-teal": getattr(look.on_action, ground), "teal-deep": mixed(action, INK[ground], 0.35),
        "teal-wash": mixed(action, CARD[ground], 0.87), "teal-line": mixed(action, CARD[ground], 0.68),
        "coral": warmth, "coral-wash": getattr(look.warmth_wash, ground), "coral-line": mixed(warmth, CARD[ground], 0.5),
    }  # fmt: skip
    return "".join(f"--{name}:{color};" for name, color in found.items())


def mixed(one: str, other: str, share: float) -> str:
    """A color with a share of another in it."""
    parts = zip(rgb(one), rgb(other), strict=True)
    return "#" + "".join(f"{round(mine + (theirs - mine) * share):02x}" for mine, theirs in parts)


def rgb(color: str) -> tuple[int, ...]:
    """The three parts of #rrggbb."""
    return tuple(int(color[at : at + 2], 16) for at in (1, 3, 5))
