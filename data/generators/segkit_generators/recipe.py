"""A shop's recipe: the YAML profile that holds every rate, price and season of one synthetic shop."""

from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from segkit_generators.errors import BadProfile, UnknownProfile


class Recipe(dict[str, Any]):
    """A mapping whose missing keys say which key and which keys there are."""

    def __missing__(self, key: str) -> Any:
        raise BadProfile(f"The shop profile has no key {key!r}.", f"Add it; present are: {', '.join(self)}.")


def profile_names() -> list[str]:
    """The shops that can be made, by name."""
    folder = files("segkit_generators") / "profiles"
    return sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def load_recipe(profile: str) -> Recipe:
    """The recipe of one shop; UnknownProfile names the shops there are."""
    if profile not in profile_names():
        raise UnknownProfile(f"There is no shop {profile!r}.", f"Choose one of: {', '.join(profile_names())}.")
    text = (files("segkit_generators") / "profiles" / f"{profile}.yaml").read_text(encoding="utf-8")
    recipe: Recipe = _wrap(YAML(typ="safe", pure=True).load(text))
    return recipe


def _wrap(value: Any) -> Any:
    if isinstance(value, dict):
        return Recipe({key: _wrap(inner) for key, inner in value.items()})
    return [_wrap(inner) for inner in value] if isinstance(value, list) else value
