"""A fault is seen in a system's files, or the README and a warning say that it is not; the answer key of files tells what is in them."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from types import SimpleNamespace

import pytest
from segkit_generators import Shop, make_shop
from segkit_generators.__main__ import app
from segkit_generators.errors import FaultNotShown
from segkit_generators.exports import EXPORTS
from segkit_generators.exports.book import Book
from segkit_generators.exports.delivery import Delivery, File, TextFile
from segkit_generators.faults import ALL, FAULTS, FILE_FAULTS, plant, spoil
from segkit_generators.faults.files import CutFile
from segkit_generators.faults.unseen import UNSEEN
from segkit_generators.shop import Block
from segkit_generators.world import World, make_world
from typer.testing import CliRunner

README = Path(__file__).parents[3] / "data/generators/README.md"


@pytest.fixture(scope="module")
def clean() -> SimpleNamespace:
    """A shop, its world, and its deliveries with the text of every file."""
    shop = make_shop("bakery", 80, seed=7)
    made = shop.arguments
    world = make_world(made.recipe, made.customers, made.seed, made.until)
    deliveries = {system: make(shop) for system, make in EXPORTS.items()}
    return SimpleNamespace(shop=shop, world=world, deliveries=deliveries, texts={name: texts(one) for name, one in deliveries.items()})


def texts(delivery: Delivery) -> dict[str, list[object]]:
    return {file.name: [*parts(file)] for file in delivery.files}


def parts(file: File | CutFile) -> Iterator[object]:
    """A file as text, page by page."""
    if isinstance(file, CutFile):
        yield file.part
    elif isinstance(file, TextFile):
        yield file.content()
    else:
        yield from (json.dumps(page, default=str) for page in file.pages())


def changed_files(before: dict[str, list[object]], delivery: Delivery) -> Iterator[str]:
    """The names of the files that are not as they were, found one by one."""
    now = {file.name: file for file in delivery.files}
    yield from before.keys() - now.keys()
    for name, file in now.items():
        if any(one != other for one, other in zip_longest(before.get(name, []), parts(file))):
            yield name


def with_fault(shop: Shop, world: World, name: str) -> Shop:
    tables, _ = plant(world, shop.tables, {name: FAULTS[name].share})
    return replace(shop, blocks=[Block(tables, shop.truth)])


def delivered(clean: SimpleNamespace, name: str) -> dict[str, Delivery]:
    if name in FILE_FAULTS:
        return {system: spoil(delivery, {name: FILE_FAULTS[name].share}, 7)[0] for system, delivery in clean.deliveries.items()}
    shop = with_fault(clean.shop, clean.world, name)
    return {system: make(shop) for system, make in EXPORTS.items()}


@pytest.mark.parametrize("name", ALL)
def test_the_systems_in_which_a_fault_does_not_show_are_those_whose_files_stay_as_they_were(clean: SimpleNamespace, name: str) -> None:
    deliveries = delivered(clean, name)
    same = tuple(system for system in EXPORTS if not any(changed_files(clean.texts[system], deliveries[system])))
    assert same == (UNSEEN[name].systems if name in UNSEEN else ())


def test_the_readme_says_in_which_systems_a_fault_does_not_show_and_why() -> None:
    text = README.read_text(encoding="utf-8")
    shown = [
        f"| `{name}` | {' | '.join('no' if system in gap.systems else 'yes' for system in EXPORTS)} | {gap.why} |"
        for name, gap in UNSEEN.items()
    ]
    assert f"| fault | {' | '.join(EXPORTS)} | because |\n|---|---|---|---|---|\n" + "\n".join(shown) + "\n\n" in text


@pytest.mark.parametrize("system", EXPORTS)
@pytest.mark.parametrize("name", FILE_FAULTS)
def test_the_answer_key_tells_no_row_of_a_file_that_is_as_it_was(clean: SimpleNamespace, name: str, system: str) -> None:
    delivery, told = spoil(clean.deliveries[system], {name: FILE_FAULTS[name].share}, 7)
    files = {file.removeprefix(f"{system}/") for file in told["file"]}
    assert files == {*changed_files(clean.texts[system], delivery)} & clean.texts[system].keys()


@pytest.mark.parametrize("name", ["guests", "marketplace_orders"])
def test_an_order_without_a_customer_is_of_a_person_of_its_own_who_leaves_no_trace_on_another(clean: SimpleNamespace, name: str) -> None:
    shop = with_fault(clean.shop, clean.world, name)
    before, after = Book(clean.shop), Book(shop)
    struck = after.orders.index[after.orders["is_guest"] & ~before.orders["is_guest"].reindex(after.orders.index)]
    assert len(struck)
    assert not set(after.orders.loc[struck, "person"]) & set(before.people.index)
    assert after.orders.loc[struck, "person"].notna().all()
    assert after.table("carts").loc[after.orders.loc[struck, "cart_id"].dropna(), "profile_id"].isna().all()
    refunds = after.table("refunds")
    assert refunds.loc[refunds["order_id"].isin(struck), "profile_id"].isna().all()


def test_a_fault_that_a_format_cannot_show_is_named_in_a_warning(tmp_path: Path) -> None:
    """Else its files would be taken for what a reader must find the fault in."""
    shop = make_shop("bakery", 40, seed=7, faults=["two_countries", "guests"])
    with pytest.warns(FaultNotShown, match="two_countries does not show in the files of klaviyo: they do not say where") as told:
        shop.write(tmp_path / "out", ("klaviyo", "shopify"))
    assert len(told) == 1
    with warnings.catch_warnings(action="error"):
        shop.write(tmp_path / "out", ("canonical", "shopify"))


def test_the_command_says_so_too_on_the_other_stream(tmp_path: Path) -> None:
    words = ["bakery", "--customers", "40", "--out", str(tmp_path / "out"), "--as", "klaviyo,activecampaign", "--fault", "staff_orders"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0
    assert done.stderr.count("staff_orders does not show in the files of klaviyo and activecampaign") == 1
    assert "staff_orders" not in done.stdout
