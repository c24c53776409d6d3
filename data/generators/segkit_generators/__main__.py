"""The generators' command: python -m segkit_generators PROFILE --out DIR."""

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Optional

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from segkit_generators.arguments import Arguments, check_arguments
from segkit_generators.big import write_blocks
from segkit_generators.errors import FaultNotShown, GeneratorError
from segkit_generators.exports import CANONICAL, EXPORTS, check_formats
from segkit_generators.faults import FAULTS, FILE_FAULTS
from segkit_generators.folder import stage_in, staged
from segkit_generators.recipe import load_recipe, profile_names
from segkit_generators.shop import STEPS, shop_of

WRITING = "writing"
FAULT_HELP = f"NAME or NAME=SHARE; may be given again. In the shop: {', '.join(FAULTS)}. In files: {', '.join(FILE_FAULTS)}."

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@app.command()
def run(
    profile: Annotated[str, typer.Argument(help=f"Which shop: {', '.join(profile_names())}.")],
    out: Annotated[Path, typer.Option(help="Folder to write into; made when it is not there.")],
    customers: Annotated[int, typer.Option(help="Number of profiles.")] = 4000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same shop.")] = 7,
    until: Annotated[str, typer.Option(help="Last local day of the history, year-month-day.")] = "2026-10-31",
    as_: Annotated[Optional[list[str]], typer.Option("--as", help=f"{CANONICAL} (else), {', '.join(EXPORTS)}; joined by commas.")] = None,  # noqa: UP045
    fault: Annotated[Optional[list[str]], typer.Option(help=FAULT_HELP)] = None,  # noqa: UP045
) -> None:
    """Make a synthetic webshop with its answer key."""
    try:
        folder = _make(profile, out, customers, seed, until, as_ or (CANONICAL,), fault or ())
    except GeneratorError as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from None
    Console().print(f"Shop written to {folder}", markup=False, highlight=False, soft_wrap=True)


def _make(profile: str, out: Path, customers: int, seed: int, until: str, deliveries: Sequence[str], faults: Sequence[str]) -> Path:
    formats = check_formats(deliveries)
    arguments = check_arguments(profile, load_recipe(profile), customers, seed, until, faults)
    systems = [name for name in formats if name != CANONICAL]
    arguments.check_files(systems)
    for told in arguments.not_shown(systems):
        Console(stderr=True).print(f"Note: {told}", markup=False, highlight=False, soft_wrap=True)
    stage_in(out, profile, formats)
    with staged(out):
        return _write(out, arguments, formats)


def _write(out: Path, arguments: Arguments, formats: tuple[str, ...]) -> Path:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        if arguments.blocks > 1 and formats == (CANONICAL,):
            task = progress.add_task(f"{arguments.blocks} blocks of customers", total=arguments.blocks)
            return write_blocks(out, arguments, on_block=lambda: progress.advance(task))
        task = progress.add_task("starting", total=len(STEPS) * arguments.blocks + 1)

        def begin(step: str) -> None:
            progress.update(task, description=step, advance=1)

        shop = shop_of(arguments, on_step=begin)
        begin(WRITING)
        with warnings.catch_warnings(action="ignore", category=FaultNotShown):  # told above, before the work
            return shop.write(out, formats)


if __name__ == "__main__":
    app()
