"""What docs/segments.md shows works as printed: each example of YAML and its Python make the same condition."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from ruamel.yaml import YAML
from segkit_generators import make_shop

import segkit
from segkit.segments.definition import BLANKS, Sample, read_set
from segkit.segments.library import stock
from segkit.segments.lint.evidence import Evidence
from segkit.segments.read import GROUPS, NOT, condition
from segkit.segments.tree import Condition
from segkit.segments.verbs import VERBS
from segkit.settings import default_settings
from tests.rules.house import ROOT

ASKED_OF_A_SHOP = "segkit.open("
NOT_OF_THE_BAKERY = {"may_leave", "sweet", "near_ghent", "may_not_text"}  # predictions, own properties, coordinates, text messages


def blocks() -> list[tuple[str, str]]:
    """(language, code) of each block of the file, in order."""
    return re.findall(r"```(yaml|python)\n(.*?)```", (ROOT / "docs/segments.md").read_text(encoding="utf-8"), re.DOTALL)


def pairs() -> list[tuple[str, str]]:
    """The YAML and the Python that follows it."""
    shown = [(kind, code) for kind, code in blocks() if ASKED_OF_A_SHOP not in code]
    assert [kind for kind, _ in shown] == ["yaml", "python"] * (len(shown) // 2)
    codes = [code for _, code in shown]
    return list(zip(codes[::2], codes[1::2], strict=True))


def of_yaml(code: str) -> dict[str, Condition]:
    told: dict[str, Any] = YAML(typ="safe").load(code)
    if "segments" in told:
        return read_set(told, default_settings()).conditions()
    return {name: condition(rule, name) for name, rule in told.items()}


def of_python(code: str) -> dict[str, Condition]:
    names: dict[str, Any] = {}
    exec("from segkit.segments import *", names)
    exec(code, names)
    return {name: made for name, made in names.items() if isinstance(made, Condition)}


@pytest.mark.parametrize(("yaml", "python"), pairs())
def test_the_yaml_and_the_python_say_the_same(yaml: str, python: str) -> None:
    assert of_yaml(yaml) == of_python(python)


def test_every_verb_has_an_example_of_both() -> None:
    """The joining words are those of YAML; in Python they are & | ~."""
    yaml, python = ("\n".join(code) for code in zip(*pairs(), strict=True))
    assert [verb for verb in (*VERBS, *GROUPS, NOT) if not re.search(rf"\{{{verb}: ", yaml)] == []
    assert [verb for verb in VERBS if not re.search(rf"\b{verb}\(", python)] == []


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> segkit.Shop:
    folder = tmp_path_factory.mktemp("bakery")
    make_shop("bakery", 1500, seed=7).write(folder)
    return segkit.open(folder)


def test_what_is_asked_of_a_shop_is_answered(bakery: segkit.Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = [code for _, code in blocks() if ASKED_OF_A_SHOP in code]
    monkeypatch.setattr(segkit, "open", lambda path: bakery)
    names: dict[str, Any] = {}
    exec(code, names)
    assert names["shop"].count(names["sleeping"]) > 0


def test_the_values_are_those_of_the_bakery(bakery: segkit.Shop) -> None:
    view = bakery.at("2026-10-31")
    shown = {name: view.segments.expanded(made) for yaml, _ in pairs() for name, made in of_yaml(yaml).items()}
    told = Evidence.of(bakery.store, view.rules).findings(shown, view.rules.settings)
    strange = {one.segments[0]: one for one in told if one.key in ("unknown_value", "not_delivered")}
    assert set(strange) <= NOT_OF_THE_BAKERY, strange


def test_a_block_that_says_something_else_is_found() -> None:
    yaml, python = pairs()[1]
    assert of_yaml(yaml.replace("taart", "brood")) != of_python(python)


def test_samples_and_templates_are_written_as_the_text_shows() -> None:
    text = (ROOT / "docs/segments.md").read_text(encoding="utf-8")
    (sample,) = re.findall(r"`(sample: \{.*?\})`", text)
    blanks, rule = re.findall(r"`(blanks: \{.*?\})` beside `(rule: .*?)`", text)[0]
    yaml = f"version: 1\nsegments:\n  a:\n    {sample}\n    rule: {{did: placed_order}}\n  b:\n    {blanks}\n    {rule}\n"
    found = read_set(YAML(typ="safe").load(yaml), default_settings())
    assert found.segments["a"].sample == Sample(Decimal("0.2"), 500, 7)
    assert found.templates["b"].fill("c", label="Nike").condition == condition({"did": "placed_order", "item": {"brand": "Nike"}}, "c")
    assert f"(`{' '.join(BLANKS)}`)" in text
    filled = stock(default_settings()).templates["always_brand"].fill("always_nike", brand="Nike")
    assert '["always_brand"].fill("always_nike", brand="Nike")' in text
    assert filled.id == "always_nike"
