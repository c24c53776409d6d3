"""What may be told of groups together: nothing from which sums about a few people would follow, however they are combined."""

from itertools import combinations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from segkit.measure.disclosure import Disclosure

TABLE = pd.DataFrame({"a": [True, True, False, False], "b": [True, False, True, False], "members": [40, 5, 20, 100]})


def told(least: int, **groups: pd.Series) -> set[str]:
    return Disclosure(TABLE["members"], least).tellable(groups)


def test_a_group_of_a_few_is_not_told_and_nobody_is() -> None:
    few, nobody = TABLE["a"] & ~TABLE["b"], TABLE["a"] & ~TABLE["a"]
    assert told(6, few=few, nobody=nobody) == {"nobody"}
    assert told(5, few=few, nobody=nobody) == {"few", "nobody"}


def test_of_two_groups_that_differ_by_a_few_the_first_is_told() -> None:
    inner, outer = TABLE["a"] & TABLE["b"], TABLE["a"]
    assert told(6, inner=inner, outer=outer) == {"inner"}
    assert told(6, outer=outer, inner=inner) == {"outer"}
    assert told(5, outer=outer, inner=inner) == {"outer", "inner"}


def test_a_group_that_is_everyone_but_a_few_is_not_told() -> None:
    assert told(6, most=~(TABLE["a"] & ~TABLE["b"])) == set()


def test_what_follows_from_four_groups_together_is_not_told() -> None:
    """Everyone less two groups, and what both share once more, are those in neither: nine people."""
    table = pd.DataFrame({"a": [True, True, False, False], "b": [True, False, True, False], "members": [3000, 500, 400, 9]})
    groups = {"a": table["a"], "b": table["b"], "both": table["a"] & table["b"]}
    assert Disclosure(table["members"], 10).tellable(groups) == {"a", "b"}
    assert Disclosure(table["members"], 9).tellable(groups) == {"a", "b", "both"}


def test_all_parts_but_one_small_one_are_not_told_together() -> None:
    parts = pd.Series([50, 7, 30])
    groups = {place: parts.index == place for place in parts.index}
    assert Disclosure(parts, 10).tellable({name: pd.Series(inside) for name, inside in groups.items()}) == {0}


def follows(told: np.ndarray, members: np.ndarray, least: int) -> bool:
    """By trying every few people: whether some combination of the told groups is about them alone."""
    cells = range(len(members))
    few = (chosen for size in range(1, len(members) + 1) for chosen in combinations(cells, size) if 0 < members[list(chosen)].sum() < least)
    whole = np.linalg.matrix_rank(told)
    return any(np.linalg.matrix_rank(np.delete(told, list(chosen), axis=1)) < whole for chosen in few)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.integers(0, 15), min_size=2, max_size=7).flatmap(
        lambda sizes: st.tuples(
            st.just(sizes), st.lists(st.lists(st.booleans(), min_size=len(sizes), max_size=len(sizes)), min_size=1, max_size=6)
        )
    )
)
def test_no_combination_of_what_is_told_is_about_a_few(case: tuple[list[int], list[list[bool]]]) -> None:
    sizes, groups = case
    members = pd.Series(sizes)
    told = Disclosure(members, 10).tellable({place: pd.Series(inside) for place, inside in enumerate(groups)})
    matrix = np.array([[True] * len(sizes), *(groups[place] for place in sorted(told))], dtype=float)
    if sum(sizes) >= 10:
        someone = np.array(sizes) > 0  # nothing can be told about nobody
        assert not follows(matrix[:, someone], np.array(sizes)[someone], 10)


def test_cells_without_people_hide_nothing() -> None:
    """Two groups that differ by an empty cell and, together with a third, by three people."""
    members = pd.Series([30, 3, 0, 40])
    groups = {"a": pd.Series([True, True, True, False]), "b": pd.Series([True, False, False, False])}
    assert Disclosure(members, 10).tellable(groups) == {"a"}
    parts = pd.DataFrame({"a": [True, True, False, False], "b": [True, False, True, False], "members": [3000, 500, 400, 9]})
    empty = pd.concat([parts, parts.assign(members=0).iloc[::-1]], ignore_index=True)
    told = {"a": empty["a"], "b": empty["b"], "both": (empty["a"] & empty["b"]) | (empty.index == 5)}
    assert Disclosure(empty["members"], 10).tellable(told) == {"a", "b"}
