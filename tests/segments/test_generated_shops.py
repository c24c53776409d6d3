"""The generated shops bring segments of their own, some bad on purpose: the linter finds exactly those, and every count is true."""

import pytest
from segkit_generators.recipe import load_recipe, profile_names

import segkit
from tests.generators.shops import data_of, shop_of

WITH = [name for name in profile_names() if "segments" in load_recipe(name)]
MEANS = {  # what is planted: what the linter calls it
    "machine_opens": {"machine_opens"}, "ages": {"static_list"}, "same_as_another": {"same_members"}, "everyone": {"nearly_everyone"},
    "nobody": {"never_true", "nobody"},
}  # fmt: skip


@pytest.fixture(scope="module", params=WITH)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def view(name: str, tmp_path_factory: pytest.TempPathFactory) -> segkit.View:
    folder = tmp_path_factory.mktemp(name)
    shop_of(name).write(folder)
    return segkit.open(folder).at("2026-10-31")


def test_exactly_the_planted_faults_are_found(name: str, view: segkit.View) -> None:
    planted = {row.segment_id: row.fault for row in shop_of(name).truth["segments"].itertuples()}
    found: dict[str, set[str]] = {}
    for finding in view.lint():
        if finding.severity == "warning":
            for segment in finding.segments:
                found.setdefault(segment, set()).add(finding.key)
    bad = {segment: fault for segment, fault in planted.items() if fault != "none"}
    for segment, fault in bad.items():
        assert found.get(segment, set()) & MEANS[fault], (segment, fault)
    twins = {finding.segments for finding in view.lint() if finding.key == "same_members"}  # the good one of the two is named too
    good = set(planted) - set(bad) - {segment for pair in twins for segment in pair}
    assert not good & set(found)


def test_every_segment_of_the_shop_is_counted(name: str, view: segkit.View) -> None:
    counted = view.count_all().set_index("segment")
    own = counted.loc[list(view.own_segments)]
    assert (own["status"] == "computed").all()
    assert len(view.members("high_value")) == counted.loc["high_value", "members"]


def test_recent_buyers_are_those_of_the_orders(name: str, view: segkit.View) -> None:
    bought = data_of(name).purchases
    recent = bought.loc[bought["ordered_on"].astype("datetime64[us]") >= "2026-10-01", "profile_id"]
    assert set(view.members("active_customers")["profile_id"]) == set(recent)
