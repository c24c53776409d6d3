"""A shop too big for memory, made in several processes and written block by block."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from segkit_generators.arguments import Arguments, check_arguments
from segkit_generators.exports import CANONICAL
from segkit_generators.faults import check_struck
from segkit_generators.folder import put_in_place, stage_in
from segkit_generators.meta_tables import about_tables
from segkit_generators.own_segments import segments_yaml
from segkit_generators.recipe import load_recipe
from segkit_generators.season import make_calendar
from segkit_generators.shop import IN_SHOP, make_block
from segkit_generators.store import Place, Written


def write_in_blocks(
    out: str | Path, profile: str, customers: int, seed: int, until: str | date, faults: Iterable[str] = (), processes: int | None = None,
    on_block: Callable[[], None] = lambda: None,
) -> Path:  # fmt: skip
    """The files that make_shop(...).write(out) writes, byte for byte, without ever holding the whole shop.

    Each process holds one block at a time (about 1 GB). `on_block` is called as each is done.
    """
    return write_blocks(out, check_arguments(profile, load_recipe(profile), customers, seed, until, faults), processes, on_block)


def write_blocks(out: str | Path, arguments: Arguments, processes: int | None = None, on_block: Callable[[], None] = lambda: None) -> Path:
    """The same, of arguments that were checked."""
    arguments.check_files(())
    folder, recipe = Path(out), arguments.recipe
    place = Place(stage_in(folder, arguments.profile, (CANONICAL,)), arguments.load_id, arguments.blocks)
    written: list[dict[str, Written]] = []
    struck: set[str] = set()
    with ProcessPoolExecutor(processes or os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for block, names in pool.map(partial(_write, arguments, place), range(arguments.blocks)):
            written.append(block)
            struck |= names
            on_block()
    check_struck(arguments.shop_faults, struck, IN_SHOP)
    rows = {name: sum(block[name].rows for block in written if name in block) for name in written[0]}
    place.write_about(written, about_tables(recipe, make_calendar(recipe, arguments.until), rows))
    place.write_settings(arguments.client, segments_yaml(recipe))
    put_in_place(folder, arguments.profile, arguments.load_id)
    return folder / CANONICAL / arguments.load_id


def _write(arguments: Arguments, place: Place, number: int) -> tuple[dict[str, Written], set[str]]:
    block = make_block(arguments, number)
    return place.write_block(number, block.tables, block.truth), block.struck
