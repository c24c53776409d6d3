"""The command line: new, check, audit, and the commands about segments."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Annotated, Any, Optional

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from segkit.cli.segments import COMMANDS
from segkit.errors import ParameterError, SegkitError, SettingsError
from segkit.settings import load_client
from segkit.text import Text, catalogue

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
say, complain = Console(highlight=False), Console(stderr=True, highlight=False)

Mapping = Annotated[Optional[str], typer.Option("--mapping", help="A mapping.yaml for files that no reader knows.")]  # noqa: UP045
Lang = Annotated[Optional[str], typer.Option("--lang", help="nl or en; left out, that of client.yaml")]  # noqa: UP045
Quarantine = Annotated[Optional[str], typer.Option(help="Folder for refused rows; by default in the client folder, or NAME.quarantine.")]  # noqa: UP045
AsJson = Annotated[bool, typer.Option("--json", help="Print for machines.")]


@app.command()
def new(
    name: str,
    folder: Annotated[str, typer.Option(help="Where client folders are.")] = "data/clients",
    lang: Annotated[str, typer.Option("--lang", help="nl or en")] = "en",
) -> None:
    """Make a client folder with a commented client.yaml, and a place for the deliveries."""
    t = catalogue(lang)
    client = Path(folder) / _slug(name)
    if (client / "client.yaml").exists():
        raise SettingsError(f"{client} exists already.", "Choose another name, or work in that folder.")
    (client / "deliveries").mkdir(parents=True, exist_ok=True)
    (client / "client.yaml").write_text(t("cli.client_yaml", name=json.dumps(name, ensure_ascii=False), lang=lang), encoding="utf-8")
    (client / "mapping.example.yaml").write_text(t("cli.mapping_yaml"), encoding="utf-8")
    say.print(t("cli.made", folder=client.as_posix(), slug=client.name), soft_wrap=True)


@app.command()
def check(
    path: str, mapping: Mapping = None, lang: Lang = None, as_json: AsJson = False,
    as_of: Annotated[Optional[str], typer.Option("--as-of", help="Also suggest thresholds as of this date.")] = None,  # noqa: UP045
    accept: Annotated[bool, typer.Option("--accept", help="Write the suggested thresholds to client.yaml.")] = False,
    quarantine: Quarantine = None,
) -> None:  # fmt: skip
    """Print the receipt of a delivery, what it covers, and what can and cannot be computed from it."""
    from segkit import shop as shops

    t = catalogue(lang or _language(path) or "en")
    folder = Path(path)
    refused = Path(quarantine or (folder / "quarantine" if (folder / "deliveries").is_dir() else f"{folder.resolve().name}.quarantine"))
    opened = shops.open(path, mapping=mapping, quarantine=refused)
    view = opened.at(as_of) if as_of else None
    report = {
        "receipts": opened.load["receipts"],
        "quarantine": [(refused / file).as_posix() for file in opened.load["quarantine"]],
        **shops.can_and_cannot(opened),
        "thresholds": view.suggest_thresholds() if view else None,
    }
    if as_json:
        sys.stdout.write(json.dumps(report, indent=1, ensure_ascii=False, default=str) + "\n")
    else:
        _print_check(report, t)
    if accept and view:
        say.print(t("cli.accepted", file=shops.accept_thresholds(Path(path), report["thresholds"]).as_posix()))


@app.command()
def audit(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="A client; or several, which run side by side.")],
    as_of: Annotated[str, typer.Option("--as-of", help="YYYY-MM-DD")],
    out: Annotated[str, typer.Option("--out", help="Folder for the files; each of several clients gets a folder in it.")],
    lang: Lang = None,
    mapping: Mapping = None,
    name: Annotated[str, typer.Option(help="The client's name on the cover; for one client only.")] = "",
    as_json: AsJson = False,
) -> None:
    """Run the audit: audit.html, audit.pdf, audit.ipynb and result.json in the output folder."""
    from segkit.notebook import run_audit

    if len(paths) > 1:
        return _audit_several(paths, as_of, out, lang, mapping, name, as_json)
    values = _values(paths[0], as_of, out, lang, mapping) | {"name": name}
    files = run_audit(values, progress=not as_json)
    if as_json:
        _write_json(_as_text(files))
    else:
        _print_files(files, out, catalogue(values["lang"]))


def _audit_several(paths: list[str], as_of: str, out: str, lang: str | None, mapping: str | None, name: str, as_json: bool) -> None:
    """One report for each client, in OUT/ITS FOLDER'S NAME; ends with code 1 when one failed, after all have ended."""
    from segkit.cli.several import by_name, run_shown

    if name:
        raise ParameterError("--name is for one client.", "Leave it out; the names are in client.yaml.")
    ended: dict[str, Any] = {}
    asked = {}
    for client, path in by_name(paths).items():
        try:
            asked[client] = _values(path, as_of, f"{out}/{client}", lang, mapping)
        except SegkitError as error:  # its client.yaml cannot be read
            ended[client] = error
    ended |= run_shown(asked, catalogue(lang or "en"), complain, quiet=as_json)
    if as_json:
        _write_json({client: _as_text(outcome) for client, outcome in ended.items()})
    for client, outcome in ended.items():
        if isinstance(outcome, SegkitError):
            _complain(outcome, f"{client}: ")
        elif not as_json:
            _print_files(outcome, asked[client]["out"], catalogue(asked[client]["lang"]))
    if any(isinstance(outcome, SegkitError) for outcome in ended.values()):
        raise typer.Exit(1)


def _values(path: str, as_of: str, out: str, lang: str | None, mapping: str | None) -> dict[str, str]:
    return {"path": path, "as_of": as_of, "lang": lang or _language(path) or "nl", "out": out, "mapping": mapping or ""}


def _as_text(outcome: Any) -> dict[str, str | None]:
    if isinstance(outcome, SegkitError):
        return {"problem": outcome.problem, "todo": outcome.todo}
    return {key: value and str(value) for key, value in vars(outcome).items()}


def _print_files(files: Any, out: str, t: Text) -> None:
    for file in filter(None, (files.html, files.pdf, files.notebook, files.result)):
        say.print(t("cli.wrote", file=f"{Path(out).as_posix()}/{file.name}"), soft_wrap=True)
    if files.pdf is None:
        say.print(t("pdf.missing"))


def _write_json(answer: Any) -> None:
    sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")


def _language(path: str) -> str | None:
    """The language that a client folder asks for; None where there is no client.yaml."""
    file = Path(path) / "client.yaml"
    return load_client(file).language if file.is_file() else None


def _print_check(report: dict[str, Any], t: Text) -> None:
    files = Table(title=t("cli.receipts"))
    for heading in ("file", "reader", "read", "kept", "mended", "set_aside", "refused"):
        files.add_column(t(f"data.{heading}"), justify="left" if heading in ("file", "reader") else "right")
    for row in report["receipts"]:
        numbers = [t.number(row[part]) for part in ("rows_read", "kept", "mended", "set_aside", "refused")]
        files.add_row(row["file"], row["reader"] or t(f"reasons.{row['reason']}"), *numbers)
    say.print(files)
    for row in report["receipts"]:
        for kind in (kind for kind in row["kinds"] if kind["verdict"] == "refused"):
            why = t(f"refusals.{kind['kind']}", column=kind["column"] or "")
            say.print(t("cli.refused", rows=t.number(kind["rows"]), file=row["file"], reason=why), soft_wrap=True, markup=False)
    for file in report["quarantine"]:
        say.print(t("cli.quarantined", file=file), soft_wrap=True)
    covered = Table(title=t("cli.coverage"))
    for heading in ("table", "rows", "from", "to", "status"):
        covered.add_column(t(f"data.{heading}"), justify="right" if heading == "rows" else "left")
    for row in report["coverage"]:
        status = t(f"status.{row['status']}") if row["status"] == "computed" else t(f"reasons.{row['reason']}")
        covered.add_row(t(f"tables.{row['table']}"), t.number(row["rows"]), row["from"] or "", row["to"] or "", status)
    say.print(covered)
    for name, answer in report["capabilities"].items():
        state = t("cli.can") if answer["status"] == "computed" else t("cli.cannot", reason=t(f"reasons.{answer['reason']}"))
        say.print(f"{t(f'data.capabilities.{name}')}: {state}", soft_wrap=True)
    if report["thresholds"]:
        _print_thresholds(report["thresholds"], t)


def _print_thresholds(fit: dict[str, Any], t: Text) -> None:
    if fit["would_change"] is None:
        say.print(t("cli.no_fit", reason=t(f"reasons.{fit['reason']}")))
        return
    fitted = Table(title=t("cli.fitted"))
    for heading in ("threshold", "default", "current", "suggested"):
        fitted.add_column(t(f"cli.{heading}"))
    for name, row in fit["thresholds"].items():
        fitted.add_row(name, *[str(row[part]) for part in ("default", "current", "fitted")])
    say.print(fitted)
    say.print(t("cli.would_change", members=fit["would_change"]))


for command in COMMANDS:
    app.command()(command)


def _slug(name: str) -> str:
    slug = re.sub(r"[\W_]+", "-", name.lower()).strip("-")
    if not slug:
        raise SettingsError(f"{name!r} holds no letter or digit.", "Give the client a name.")
    return slug


def main() -> None:
    """Run a command; a mistake is two clean lines and exit code 1, never a traceback."""
    try:
        app()
    except SegkitError as error:
        _complain(error)
        sys.exit(1)
    except OSError as error:
        complain.print(f"[bold]{escape(str(error.filename or ''))}: {error.strerror}[/bold]\n  Check that path and its rights.")
        sys.exit(1)


def _complain(error: SegkitError, whose: str = "") -> None:
    complain.print(f"[bold]{escape(whose + error.problem)}[/bold]\n  {escape(error.todo)}", soft_wrap=True)
