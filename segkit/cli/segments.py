"""The commands about segments: count them, explain one person, lint the set, hand one over."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Optional

import pandas as pd
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from segkit.errors import ParameterError
from segkit.text import Text, catalogue

say = Console(highlight=False)
AsOf = Annotated[str, typer.Option("--as-of", help="YYYY-MM-DD")]
File = Annotated[Optional[str], typer.Option("--file", help="A segments.yaml; by default that of the client folder.")]  # noqa: UP045
Mapping = Annotated[Optional[str], typer.Option("--mapping", help="A mapping.yaml for files that no reader knows.")]  # noqa: UP045
Lang = Annotated[Optional[str], typer.Option("--lang", help="nl or en; left out, that of client.yaml")]  # noqa: UP045
AsJson = Annotated[bool, typer.Option("--json", help="Print for machines.")]


def segments(path: str, as_of: AsOf, file: File = None, mapping: Mapping = None, lang: Lang = None, as_json: AsJson = False) -> None:
    """Count every segment: the library and the shop's own, as of a date."""
    view, t = _view(path, as_of, file, mapping, lang)
    counted = view.count_all()
    if as_json:
        rows = {
            row.segment: {
                "members": None if row.status != "computed" else int(row.members),
                "status": row.status,
                "reason": None if pd.isna(row.reason) else row.reason,
            }
            for row in counted.itertuples()
        }
        _write_json({"as_of": str(view.as_of), "segments": rows})
        return
    table = Table(title=t("cli.segments.caption", as_of=t.date(str(view.as_of))))
    for heading in ("segment", "title", "members"):
        table.add_column(t(f"cli.segments.{heading}"), justify="right" if heading == "members" else "left")
    uncounted: dict[str, list[str]] = {}
    for row in counted.itertuples():
        size = t.number(int(row.members)) if row.status == "computed" else t.absent()
        table.add_row(row.segment, escape(view.title(row.segment, t.lang)), size)
        if row.status != "computed":
            uncounted.setdefault(row.reason, []).append(row.segment)
    say.print(table)
    for reason, names in uncounted.items():
        told = t("cli.segments.uncounted", reason=t(f"reasons.{reason}"), segments=", ".join(names))
        say.print(told, soft_wrap=True, markup=False)


def explain(
    path: str, as_of: AsOf,
    profile: Annotated[str, typer.Option("--profile", help="The profile_id of one person.")],
    segment: Annotated[str, typer.Option("--segment", help="The id of a segment.")],
    file: File = None, mapping: Mapping = None, lang: Lang = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Tell why one person is in a segment or not: each condition, the evidence, and what would have to change."""
    from segkit.segments.told import tell

    view, t = _view(path, as_of, file, mapping, lang)
    found = view.explain(profile, segment)
    if as_json:
        _write_json(found.as_dict())
    else:
        say.print(tell(found, t.lang, view.currency, view.segments), markup=False, soft_wrap=True)


def lint(
    path: str, as_of: AsOf,
    everything: Annotated[bool, typer.Option("--all", help="The library too, not only the shop's own segments.")] = False,
    file: File = None, mapping: Mapping = None, lang: Lang = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Look over a set of segments: holes, overlaps, contradictions, conditions that are never or always true, and more."""
    from segkit.segments.lint.told import tell

    view, t = _view(path, as_of, file, mapping, lang)
    if not everything and not len(view.own_segments):
        raise ParameterError("This shop has no segments of its own.", "Give --file segments.yaml, or --all for the library.")
    findings = view.lint(view.segments if everything else view.own_segments)
    if as_json:
        _write_json({"as_of": str(view.as_of), "findings": [finding.as_dict() for finding in findings]})
        return
    for finding in findings:
        head, *rest = tell(finding, t, view.segments, view.currency).splitlines()
        say.print(f"[bold]{t(f'lint.severity.{finding.severity}')}[/bold]  {escape(head)}", soft_wrap=True)
        for line in rest:
            say.print(f"  {escape(line)}", soft_wrap=True)
    if not findings:
        say.print(t("cli.segments.nothing_found"))


def export(
    path: str, as_of: AsOf,
    to: Annotated[str, typer.Option("--to", help="sql:DIALECT (such as sql:postgres), csv or yaml")],
    out: Annotated[str, typer.Option("--out", help="The file to write.")],
    segment: Annotated[Optional[list[str]], typer.Option("--segment", help="Id of a segment; may be given more than once.")] = None,  # noqa: UP045
    use: Annotated[str, typer.Option(help="Whom a list holds: send (may be mailed), ads, or all.")] = "send",
    columns: Annotated[str, typer.Option(help="Columns of a list, with commas.")] = "profile_id,email",
    file: File = None, mapping: Mapping = None, lang: Lang = None,
) -> None:  # fmt: skip
    """Write segments as SQL, as YAML, or the members of one as a CSV list."""
    view, t = _view(path, as_of, file, mapping, lang)
    target, _, dialect = to.partition(":")
    written = Path(out)
    if to == "csv":
        if not segment or len(segment) != 1:
            raise ParameterError("A list holds the members of one segment.", "Give one --segment ID.")
        receipt = view.write_list(segment[0], written, use, tuple(name.strip() for name in columns.split(",")))
        say.print(t("cli.segments.listed", n=receipt.rows, of=receipt.members, file=written.as_posix()), soft_wrap=True, markup=False)
        return
    texts = {"sql": lambda: view.segments_sql(segment, dialect or "duckdb", t.lang), "yaml": lambda: view.segments_yaml(segment)}
    if target not in texts:
        raise ParameterError(f"Nothing is written to {to!r}.", "Choose sql:duckdb, sql:postgres, sql:bigquery and so on, csv, or yaml.")
    content = texts[target]()
    written.parent.mkdir(parents=True, exist_ok=True)
    written.write_text(content, encoding="utf-8")
    say.print(t("cli.wrote", file=written.as_posix()), soft_wrap=True, markup=False)


def _view(path: str, as_of: str, file: str | None, mapping: str | None, lang: str | None) -> tuple[Any, Text]:
    from segkit import shop as shops

    opened = shops.open(path, mapping=mapping)
    return opened.at(as_of, file), catalogue(lang or opened.client.language)


def _write_json(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1, default=str, allow_nan=False) + "\n")


COMMANDS = (segments, explain, lint, export)
