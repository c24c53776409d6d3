"""The generated shops bring segments of their own, and every one of them is counted."""

import pytest
from segkit_generators.recipe import load_recipe, profile_names

import segkit
from tests.generators.shops import data_of, shop_of

WITH = [name for name in profile_names() if "segments" in load_recipe(name)]


@pytest.fixture(scope="module", params=WITH)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def view(name: str, tmp_path_factory: pytest.TempPathFactory) -> segkit.View:
    folder = tmp_path_factory.mktemp(name)
    shop_of(name).write(folder)
    return segkit.open(folder).at("2026-10-31")


def test_every_segment_of_the_shop_is_counted(name: str, view: segkit.View) -> None:
    counted = view.count_all().set_index("segment")
    own = counted.loc[list(view.own_segments)]
    assert (own["status"] == "computed").all()
    assert len(view.members("high_value")) == counted.loc["high_value", "members"]


def test_recent_buyers_are_those_of_the_orders(name: str, view: segkit.View) -> None:
    bought = data_of(name).purchases
    recent = bought.loc[bought["ordered_on"].astype("datetime64[us]") >= "2026-10-01", "profile_id"]
    assert set(view.members("active_customers")["profile_id"]) == set(recent)
