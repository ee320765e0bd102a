"""`flask codes update`: a new edition of the shipped ICD-10-CM subset, read from the published list of codes."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import click
from flask.cli import AppGroup

from app.codes import icd

codes_cli = AppGroup("codes", help="Look after the code tables.")
# Blood, immune and metabolic diseases, childhood blood cancers, and what a referral says of earlier treatment.
SCOPE = re.compile(
    r"^(C8[1-9]|C9[0-6]|D4[5-7]|D5[5-9]|D6[0146-7]|D7[0-26]|D8[0-4]|D89[89]|E71[3-5]|E740|E7[5-7]|G12|"
    r"Z856|Z857[12]|Z9285|Z9286|Z948[14])"
)
LINE = re.compile(r"^(?P<code>[A-Z][0-9][0-9A-Z][0-9A-Z]{0,4})\s+(?P<words>\S.*\S)\s*$")
FEWEST = 600


@codes_cli.command("update")
@click.argument("published", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--edition", required=True, help="The fiscal year of the list, as FY2027.")
def update_command(published: Path, edition: str) -> None:
    """Read icd10cm-codes-YYYY.txt as the CDC publishes it, keep what is in scope, and say what changed."""
    if not re.fullmatch(r"FY20[0-9]{2}", edition):
        message = "Write the edition as FY2027."
        raise click.ClickException(message)
    new = read(published.read_text(encoding="utf-8", errors="replace"))
    if len(new) < FEWEST:
        message = f"Only {len(new)} codes in scope: this is not the published list of codes. Nothing was changed."
        raise click.ClickException(message)
    old = {icd.normalise(one.code): one.description for one in icd.table().values()}
    icd.DATA.write_text(written(new), encoding="utf-8")
    (icd.FOLDER / "icd10cm_edition.txt").write_text(f"{edition}\n", encoding="utf-8")
    added, gone = sorted(new.keys() - old.keys()), sorted(old.keys() - new.keys())
    reworded = sorted(code for code in new.keys() & old.keys() if new[code] != old[code])
    for title, codes in (("New", added), ("No longer valid", gone), ("Reworded", reworded)):
        click.echo(f"{title}: {len(codes)}{': ' if codes else ''}{', '.join(map(dotted, codes))}")
    click.echo(f"{len(new)} codes of {edition}. Start the service anew.")


def read(text: str) -> dict[str, str]:
    """Bare codes in scope with their words."""
    found = (LINE.match(line) for line in text.splitlines())
    return {one["code"]: one["words"] for one in found if one and SCOPE.match(one["code"])}


def written(codes: dict[str, str]) -> str:
    """The table as it is shipped."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("code", "description"))
    writer.writerows((dotted(code), words) for code, words in sorted(codes.items()))
    return out.getvalue()


def dotted(code: str) -> str:
    """With the dot after the third character."""
    return code if len(code) == 3 else f"{code[:3]}.{code[3:]}"
