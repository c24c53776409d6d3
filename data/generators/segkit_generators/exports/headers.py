"""The header lines of the exports, as headers.yaml holds them."""

from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML


def headers(system: str, file: str) -> list[str]:
    """The columns of one export, in their order."""
    return list(_known()[system][file])


@cache
def _known() -> dict[str, dict[str, list[str]]]:
    text = files("segkit_generators.exports").joinpath("headers.yaml").read_text(encoding="utf-8")
    known: dict[str, dict[str, list[str]]] = YAML(typ="safe", pure=True).load(text)
    return known
