"""The folder that a shop is written into: staged whole, put in place at the end, with a receipt of what is the generators' own."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from segkit_generators.errors import BadArgument

STAGE = ".shop.part"
PLAN = "plan.json"  # stands in the stage when all is there
CURRENT, RECEIPT = "canonical/CURRENT", "truth/shop.json"
SETTINGS = ("client.yaml", "segments.yaml")
"""Files that people edit; everything else of a shop is the generators' own."""


@dataclass(frozen=True)
class Receipt:
    """What a run wrote: of which shop, and its files in the order in which they came, each with its digest (SHA-256)."""

    profile: str = ""
    load_id: str = ""
    files: dict[str, str] = field(default_factory=dict)

    def edited(self, out: Path) -> list[str]:
        """The settings of this run that are there and no longer what it wrote."""
        settings = ((path, digest) for path, digest in self.files.items() if Path(path).name in SETTINGS)
        return [path for path, digest in settings if (out / path).is_file() and _digest(out / path) != digest]


def stage_in(out: Path, profile: str, deliveries: Iterable[str]) -> Path:
    """An empty stage in `out`, which is made; BadArgument when that cannot be, or when something there would be lost or mixed.

    A swap that an earlier run was killed in is completed first.
    """
    if out.exists() and not out.is_dir():
        raise BadArgument(f"{out} is a file.", "Give a folder as --out; it is made when it is not there.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        _swap(out)
        _refuse_others(out, profile, [*deliveries, "truth"])
        shutil.rmtree(out / STAGE, ignore_errors=True)
        (out / STAGE).mkdir()
    except OSError as error:
        raise BadArgument(f"{out} cannot be written into: {error.strerror}.", "Give another folder as --out.") from None
    return out / STAGE


@contextmanager
def staged(out: Path) -> Iterator[None]:
    """What is staged goes when it cannot be finished, on Ctrl-C too; a full disk is a BadArgument."""
    try:
        yield
    except OSError as error:
        drop_stage(out)
        raise BadArgument(
            f"{out} cannot be written into: {error.strerror or error}.", "Make room, or give another folder as --out."
        ) from error
    except BaseException:
        drop_stage(out)
        raise


def drop_stage(out: Path) -> None:
    """What was staged of a shop that cannot be written goes; a swap that was begun stays, to be completed."""
    if not (out / STAGE / PLAN).exists():
        shutil.rmtree(out / STAGE, ignore_errors=True)


def put_in_place(out: Path, profile: str, load_id: str) -> None:
    """What is staged takes the place of what an earlier run wrote; settings that were edited and strangers' files stay."""
    stage, old = out / STAGE, _receipt(out)
    staged = sorted((path.relative_to(stage).as_posix() for path in stage.rglob("*") if path.is_file()), key=_last_comes_current)
    receipt = Receipt(profile, load_id, {path: _digest(stage / path) for path in staged})
    (stage / RECEIPT).write_text(json.dumps(asdict(receipt), indent=1) + "\n", encoding="utf-8", newline="\n")
    strangers = {path for path in staged if Path(path).name in SETTINGS and path not in old.files and (out / path).exists()}
    kept = {*old.edited(out), *strangers}
    go = [RECEIPT, *reversed(old.files)] if old.files else []
    plan = {"go": [path for path in go if path not in kept], "come": [path for path in [*staged, RECEIPT] if path not in kept]}
    _write_plan(stage, plan)
    _swap(out)


def _last_comes_current(path: str) -> tuple[bool, str]:
    """Readers follow CURRENT."""
    return path == CURRENT, path


def _write_plan(stage: Path, plan: dict[str, list[str]]) -> None:
    part = stage / f"{PLAN}.part"
    part.write_text(json.dumps(plan), encoding="utf-8")
    os.replace(part, stage / PLAN)


def _swap(out: Path) -> None:
    """All of the old shop goes, then the new one comes: never files of both. Killed in it, the same again completes it."""
    stage = out / STAGE
    if not (stage / PLAN).exists():
        return
    plan = json.loads((stage / PLAN).read_text(encoding="utf-8"))
    come = set(plan["come"])
    for path in plan["go"]:
        arrived = path in come and not (stage / path).exists()
        if not arrived and (out / path).is_file():
            (out / path).unlink()
    _remove_empty(out, plan["go"])
    for path in plan["come"]:
        if (stage / path).exists():
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(stage / path, out / path)
    shutil.rmtree(stage)


def _remove_empty(out: Path, gone: Iterable[str]) -> None:
    """The folders that are empty now, the inner ones first."""
    folders = {folder for path in gone for folder in Path(path).parents if folder != Path(".")}
    for folder in sorted(folders, key=lambda one: len(one.parts), reverse=True):
        if (out / folder).is_dir() and not any((out / folder).iterdir()):
            (out / folder).rmdir()


def _refuse_others(out: Path, profile: str, parts: Iterable[str]) -> None:
    """BadArgument for a folder that the generators did not write, and for edited settings of another shop."""
    receipt = _receipt(out)
    for part in parts:
        ours = any(path.startswith(f"{part}/") for path in receipt.files)
        strange = (path for path in (out / part).rglob("*") if path.is_file() and path.name not in SETTINGS)
        if not ours and (first := next(strange, None)):
            raise BadArgument(f"{first} was not written by the generators.", f"Move {out / part} away, or give another folder as --out.")
    if receipt.profile not in ("", profile):
        for path in receipt.edited(out):
            raise BadArgument(
                f"{out / path} belongs to the shop {receipt.profile!r} and was edited.",
                "Remove it or move it away, or give another folder as --out.",
            )


def _receipt(out: Path) -> Receipt:
    """The receipt of the run that wrote the folder; an empty one where there is none that can be read."""
    try:
        return Receipt(**json.loads((out / RECEIPT).read_text(encoding="utf-8")))
    except (FileNotFoundError, NotADirectoryError, ValueError, TypeError):
        return Receipt()


def _digest(file: Path) -> str:
    with file.open("rb") as stream:  # an export may be larger than the memory
        return hashlib.file_digest(stream, "sha256").hexdigest()
