"""What is wrong with a shop's YAML by itself: the first key that is empty, unknown, missing or of a value that does not fit."""

from types import NoneType, UnionType
from typing import Any, get_args

from pydantic import ValidationError

from segkit_generators.recipe_model import Profile


def first_empty(recipe: Any, path: str = "") -> tuple[str, str] | None:
    """The first key under which nothing stands, and what to do about it; None when there is none."""
    if recipe is None:
        return f"{path} holds nothing.", "Fill it, or leave the key out."
    below = recipe.items() if isinstance(recipe, dict) else enumerate(recipe) if isinstance(recipe, list) else ()
    found = (first_empty(one, f"{path}.{key}" if path else str(key)) for key, one in below)
    return next((one for one in found if one), None)


def first_mistake(recipe: Any) -> tuple[str, str] | None:
    """What is wrong with the first key that is (its path and the trouble), and what is allowed; None when all fits."""
    try:
        Profile.model_validate(recipe)
    except ValidationError as error:
        found = error.errors()[0]
        path = ".".join(str(part) for part in found["loc"])
        if found["type"] == "extra_forbidden":
            return f"unknown key {path!r}.", f"Allowed there are: {', '.join(_allowed(found['loc'][:-1]))}."
        if found["type"] == "missing":
            return f"lacks {path}.", "Add it; bakery.yaml says what each key means."
        return f"{path} is {found['input']!r}.", f"{found['msg'].removeprefix('Value error, ')}."
    return None


def _allowed(path: tuple[int | str, ...]) -> list[str]:
    """The keys that the mapping at this path may have."""
    kind: Any = Profile
    for part in path:
        kind = _present(kind.model_fields[part].annotation if hasattr(kind, "model_fields") else get_args(kind)[-1])
    return sorted(field.alias or name for name, field in kind.model_fields.items())


def _present(kind: Any) -> Any:
    """What an optional value is when it is there."""
    return next(one for one in get_args(kind) if one is not NoneType) if isinstance(kind, UnionType) else kind
