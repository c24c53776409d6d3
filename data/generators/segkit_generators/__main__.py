"""The generators' command: python -m segkit_generators PROFILE --out DIR."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from segkit_generators.errors import GeneratorError
from segkit_generators.exports import CANONICAL, EXPORTS, check_formats
from segkit_generators.shop import STEPS, make_shop

WRITING = "writing"

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@app.command()
def run(
    profile: Annotated[str, typer.Argument(help="Which shop, for example bakery.")],
    out: Annotated[Path, typer.Option(help="Folder to write into; made when it is not there.")],
    customers: Annotated[int, typer.Option(help="Number of profiles.")] = 4000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same shop.")] = 7,
    until: Annotated[str, typer.Option(help="Last local day of the history, year-month-day.")] = "2026-10-31",
    as_: Annotated[list[str], typer.Option("--as", help=f"Deliveries, joined by commas: {', '.join(EXPORTS)}.")] = [CANONICAL],  # noqa: B006
) -> None:
    """Make a synthetic webshop with its answer key."""
    try:
        folder = _make(profile, out, customers, seed, until, as_)
    except GeneratorError as error:
        Console(stderr=True).print(str(error), markup=False, highlight=False)
        raise typer.Exit(2) from None
    Console().print(f"Shop written to {folder}", markup=False, highlight=False, soft_wrap=True)


def _make(profile: str, out: Path, customers: int, seed: int, until: str, deliveries: list[str]) -> Path:
    formats = check_formats(tuple(deliveries))
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting", total=len(STEPS) + 1)

        def begin(step: str) -> None:
            progress.update(task, description=step, advance=1)

        shop = make_shop(profile, customers, seed, until, on_step=begin)
        begin(WRITING)
        return shop.write(out, formats)


if __name__ == "__main__":
    app()
