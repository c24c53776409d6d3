"""A shop's recipe: the YAML profile that holds every rate, price and season of one synthetic shop."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from segkit_generators.errors import BadProfile, UnknownProfile
from segkit_generators.feasts import FEASTS
from segkit_generators.recipe_model import first_mistake

_FOLDER = files("segkit_generators") / "profiles"
ROUNDING = 1e-6


class Recipe(dict[str, Any]):
    """A mapping whose missing keys say which key and which keys there are."""

    def __missing__(self, key: str) -> Any:
        raise BadProfile(f"The shop profile has no key {key!r}.", f"Add it; present are: {', '.join(self)}.")


COMMON = "_common"
FLOWS = ("welcome_1", "welcome_2", "cart", "survey")
OCCASIONS = ("birthday", "winback", "sunset")


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
    """A shop's own keys over the common ones; BadProfile names the file, the first key that does not fit, and what is allowed."""
    if not isinstance(own, dict):
        raise BadProfile(
            f"{profile}.yaml holds no keys.", "Copy a profile that is there and change it; bakery.yaml says what each key means."
        )
    mistake = first_mistake({**common, **own})
    if mistake:
        raise BadProfile(f"{profile}.yaml: {mistake[0]}", mistake[1])
    recipe: Recipe = _wrap({**common, **own})
    _check_categories(profile, recipe)
    _check_names(profile, recipe)
    _check_shares(profile, recipe)
    return recipe


def _check_categories(profile: str, recipe: Recipe) -> None:
    """Goods have exactly the categories of category_base."""
    there = set(recipe["category_base"])
    named = {
        "vat": set(recipe["vat"]), "extra_lines": set(recipe["extra_lines"]), "extra_quantity": set(recipe["extra_quantity"]),
        "products": {product["category"] for product in recipe["products"].values()},
    }  # fmt: skip
    for key, found in named.items():
        if found != there:
            odd = ", ".join(sorted(found ^ there))
            raise BadProfile(f"{profile}.yaml: {key} and category_base differ in {odd}.", f"Use exactly: {', '.join(sorted(there))}.")


def _check_names(profile: str, recipe: Recipe) -> None:
    """What one part of a profile names, another part has."""
    categories, products = set(recipe["category_base"]), set(recipe["products"])
    topics = [*recipe["newsletter"]["topics"], *(one["topic"] for one in [*recipe["flows"].values(), *recipe.get("trials", [])])]
    feasts = [name for name, feast in recipe["feasts"].items() if not feast.get("month_end") and "begins" not in feast]
    wanted = [
        (topics, "is a topic of mail and no category", categories),
        (recipe["survey"]["categories"], "is surveyed and no category", categories),
        (recipe.get("category_sex", {}), "is in category_sex and no category", categories),
        (recipe.get("returns", {"share": {}})["share"], "is in returns and no category", categories),
        (
            [name for feast in recipe["feasts"].values() for name in feast.get("boost", {})],
            "is boosted by a feast and no category",
            categories,
        ),
        (
            [one["category"] for one in recipe.get("static_lists", []) if "category" in one],
            "is of a static list and no category",
            categories,
        ),
        ([pair[end] for pair in recipe.get("pairs", []) for end in ("first", "second")], "is in pairs and no product", products),
        ([recipe["contest_product"]] if "cake" in recipe else [], "is the contest_product and no product", products),
        (feasts, "is no feast that the calendar knows; give it begins or month_end, or", set(FEASTS)),
        ([name for name in OCCASIONS if name in recipe], "needs a flow of that name", set(recipe["flows"])),
        (FLOWS, "is a flow that every shop has", set(recipe["flows"])),
        ([recipe["reaction"]["apple_domain"]], "is the apple_domain and not in email_domains", set(recipe["email_domains"])),
    ]
    for names, trouble, allowed in wanted:
        odd = sorted(set(names) - allowed)
        if odd:
            raise BadProfile(f"{profile}.yaml: {', '.join(odd)} {trouble}.", f"Use: {', '.join(sorted(allowed))}.")


def _check_shares(profile: str, recipe: Recipe) -> None:
    rows = {"countries": recipe["countries"]} | {key: list(recipe[key].values()) for key in ("lifecycles", "clients")}
    shares = {key: [row["share"] for row in found] for key, found in rows.items()}
    shares |= {f"sources.{who}": list(sources.values()) for who, sources in recipe["sources"].items()}
    for key, found in shares.items():
        if abs(sum(found) - 1) > ROUNDING:
            raise BadProfile(f"{profile}.yaml: the shares of {key} add up to {sum(found):g}.", "Make them add up to 1.")


def _read(name: str) -> Any:
    return YAML(typ="safe", pure=True).load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def _wrap(value: Any) -> Any:
    if isinstance(value, dict):
        return Recipe({key: _wrap(inner) for key, inner in value.items()})
    return [_wrap(inner) for inner in value] if isinstance(value, list) else value
