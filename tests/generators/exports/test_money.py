"""A shop whose orders are in several currencies: client.yaml knows their rates, so that segkit can read what every system exports."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML
from segkit_generators import make_shop
from segkit_generators.exports import CANONICAL, EXPORTS
from typer.testing import CliRunner

from segkit.cli import app
from tests.generators.exports.trip import make_trip

SHOPS = [("bakery", ["mixed_currencies=0.4"]), ("giftware", ["mixed_currencies=0.4"]), ("international", [])]


@pytest.mark.parametrize("system", EXPORTS)
@pytest.mark.parametrize(("profile", "faults"), SHOPS)
def test_every_order_comes_back_in_its_money_and_is_worth_what_it_was(profile: str, faults: list[str], system: str, tmp_path: Path) -> None:
    trip = make_trip(make_shop(profile, 120, seed=7, faults=faults), system, tmp_path)
    was, back = (frame.set_index("order_number") for frame in (trip.was("orders"), trip.came_back("orders")))
    assert back["currency"].to_dict() == was["currency"].to_dict()
    assert was["currency"].nunique() > 1
    assert (back["total_base"] - was["total_base"]).abs().max() <= 0.0051
    done = CliRunner().invoke(app, ["check", str(tmp_path / system), "--quarantine", str(tmp_path / "quarantine")])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(("profile", "faults"), [*SHOPS, ("international", ["mixed_currencies=0.5"])])
def test_client_yaml_says_the_rates_at_which_the_orders_are_and_no_other(profile: str, faults: list[str], tmp_path: Path) -> None:
    shop = make_shop(profile, 120, seed=7, faults=faults)
    shop.write(tmp_path, (CANONICAL, "shopify"))
    orders = shop.tables["orders"].select(["currency", "fx_to_base"]).to_pandas()
    for folder in (tmp_path, tmp_path / "shopify"):
        said = YAML(typ="safe").load(folder / "client.yaml")
        assert said["rates"] == orders[orders["currency"] != said["currency"]].set_index("currency")["fx_to_base"].to_dict()


def test_a_shop_with_one_currency_says_no_rates() -> None:
    assert "rates" not in make_shop("giftware", 20, seed=7, faults=["guests"]).client
