"""A shop's recipe: the YAML profile that holds every rate, price and season of one synthetic shop."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import YAMLError

from segkit_generators.errors import BadProfile, UnknownProfile
from segkit_generators.recipe_checks import check_parts
from segkit_generators.recipe_mistakes import first_empty, first_mistake

_FOLDER = files("segkit_generators") / "profiles"


class Recipe(dict[str, Any]):
    """A mapping whose missing keys say which key and which keys there are."""

    def __missing__(self, key: str) -> Any:
        raise BadProfile(f"The shop profile has no key {key!r}.", f"Add it; present are: {', '.join(self)}.")


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
    """A shop's own keys over the common ones; BadProfile names the file, the first key that does not fit, and what is allowed."""
    if not isinstance(own, dict):
        raise BadProfile(
            f"{profile}.yaml holds no keys.", "Copy a profile that is there and change it; bakery.yaml says what each key means."
        )
    mistake = first_empty(own) or first_mistake({**common, **own})
    if mistake:
        raise BadProfile(f"{profile}.yaml: {mistake[0]}", mistake[1])
    recipe: Recipe = _wrap({**common, **own})
    check_parts(f"{profile}.yaml", recipe)
    return recipe


def parse_yaml(file: str, content: bytes) -> Any:
    """What a YAML file holds; BadProfile names the file, the line, and what is wrong there."""
    try:
        return YAML(typ="safe", pure=True).load(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BadProfile(f"{file}, line {line}: a letter that is not UTF-8.", "Save the file as UTF-8.") from None
    except (YAMLError, ValueError) as error:
        mark, trouble = getattr(error, "problem_mark", None), getattr(error, "problem", None) or str(error).splitlines()[0]
        place = f"{file}, line {mark.line + 1}" if mark else file
        is_double = isinstance(error, DuplicateKeyError)
        told = trouble.partition(" with value")[0].replace("found duplicate", "a second") if is_double else trouble
        raise BadProfile(f"{place}: {told}.", "Keep one of the two." if is_double else "Correct the YAML there.") from None


def rates_of_countries(recipe: Recipe) -> dict[str, float]:
    """What one unit of each currency that countries pay in is worth in the shop's own, that one aside."""
    base = recipe["client"]["currency"]
    return {entry["currency"]: entry.get("rate", 1.0) for entry in recipe["countries"] if entry.get("currency", base) != base}


def _read(name: str) -> Any:
    return parse_yaml(f"{name}.yaml", (_FOLDER / f"{name}.yaml").read_bytes())


def _wrap(value: Any) -> Any:
    if isinstance(value, dict):
        return Recipe({key: _wrap(inner) for key, inner in value.items()})
    return [_wrap(inner) for inner in value] if isinstance(value, list) else value
