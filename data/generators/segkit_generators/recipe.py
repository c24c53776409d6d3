"""A shop's recipe: the YAML profile that holds every rate, price and season of one synthetic shop."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from segkit_generators.errors import BadProfile, UnknownProfile

_FOLDER = files("segkit_generators") / "profiles"
ROUNDING = 1e-6


class Recipe(dict[str, Any]):
    """A mapping whose missing keys say which key and which keys there are."""

    def __missing__(self, key: str) -> Any:
        raise BadProfile(f"The shop profile has no key {key!r}.", f"Add it; present are: {', '.join(self)}.")


OF_GOODS = ("vat", "category_base", "extra_lines", "extra_quantity", "house_brand", "products")
NEEDED = ("client", "countries", *OF_GOODS, "newsletter", "flows", "survey")
OPTIONAL = ("cake", "contest_product", "trials", "gap_shape", "pairs", "return_reasons")
COMMON = "_common"


def profile_names() -> list[str]:
    """The shops that can be made, by name."""
    names = (entry.name.removesuffix(".yaml") for entry in _FOLDER.iterdir() if entry.name.endswith(".yaml"))
    return sorted(name for name in names if name != COMMON)


def load_recipe(profile: str) -> Recipe:
    """The recipe of one shop, over what all shops have in common; UnknownProfile names the shops there are."""
    if profile not in profile_names():
        raise UnknownProfile(f"There is no shop {profile!r}.", f"Choose one of: {', '.join(profile_names())}.")
    own = _read(profile)
    return checked_recipe(profile, own, _read(COMMON))


def checked_recipe(profile: str, own: Any, common: Mapping[str, Any]) -> Recipe:
    """A shop's own keys over the common ones; BadProfile names a key that is not known or not there, and a word that no category is."""
    if not isinstance(own, dict):
        raise BadProfile(f"{profile}.yaml holds no keys.", f"Write at least: {', '.join(NEEDED)}.")
    known = {*common, *NEEDED, *OPTIONAL}
    for key in own:
        if key not in known:
            raise BadProfile(f"{profile}.yaml: unknown key {key!r}.", f"Allowed are: {', '.join(sorted(known))}.")
    missing = [key for key in NEEDED if key not in own]
    if missing:
        raise BadProfile(f"{profile}.yaml lacks {', '.join(missing)}.", "Add it; bakery.yaml says what each key means.")
    recipe: Recipe = _wrap({**common, **own})
    _check_categories(profile, recipe)
    _check_shares(profile, recipe)
    return recipe


def _check_categories(profile: str, recipe: Recipe) -> None:
    """Every place that names categories names those of category_base."""
    there = set(recipe["category_base"])
    named = {
        "vat": set(recipe["vat"]), "extra_lines": set(recipe["extra_lines"]), "extra_quantity": set(recipe["extra_quantity"]),
        "products": {product["category"] for product in recipe["products"].values()},
    }  # fmt: skip
    for key, found in named.items():
        if found != there:
            odd = ", ".join(sorted(found ^ there))
            raise BadProfile(f"{profile}.yaml: {key} and category_base differ in {odd}.", f"Use exactly: {', '.join(sorted(there))}.")
    pairs = {pair[end] for pair in recipe.get("pairs", []) for end in ("first", "second")}
    if pairs - set(recipe["products"]):
        odd = ", ".join(sorted(pairs - set(recipe["products"])))
        raise BadProfile(f"{profile}.yaml: pairs name {odd}, which is no product.", f"Use: {', '.join(recipe['products'])}.")
    topics = {*recipe["newsletter"]["topics"], *(flow["topic"] for flow in recipe["flows"].values()), *recipe["survey"]["categories"]}
    if topics - there:
        odd = ", ".join(sorted(topics - there))
        raise BadProfile(f"{profile}.yaml: {odd} is a topic of mail and no category.", f"Use: {', '.join(sorted(there))}.")


def _check_shares(profile: str, recipe: Recipe) -> None:
    for key, rows in {"countries": recipe["countries"], "lifecycles": list(recipe["lifecycles"].values())}.items():
        total = sum(row["share"] for row in rows)
        if abs(total - 1) > ROUNDING:
            raise BadProfile(f"{profile}.yaml: the shares of {key} add up to {total:g}.", "Make them add up to 1.")


def _read(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def _wrap(value: Any) -> Any:
    if isinstance(value, dict):
        return Recipe({key: _wrap(inner) for key, inner in value.items()})
    return [_wrap(inner) for inner in value] if isinstance(value, list) else value
