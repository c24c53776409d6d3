"""Errors in a notebook for people: an own error without its inner workings, an unknown name with what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from types import TracebackType
from typing import TYPE_CHECKING, Any

from segkit.errors import SegkitError
from segkit.notebook.lesson import LANG
from segkit.text import catalogue

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

ALIKE = 0.8  # how much of a name must be the same for a typing error


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Called when a kernel starts whose configuration names this module, as that of `dev.py lab` does, or by `%load_ext`."""
    shell.set_custom_exc((NameError, SegkitError), _shown)


def _shown(shell: InteractiveShell, kind: type[BaseException], error: BaseException, trace: TracebackType, tb_offset: Any = None) -> None:
    if isinstance(error, NameError) and error.name:
        error.add_note(unknown(error.name, shell.user_ns.keys() - shell.user_ns_hidden.keys()))
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset, exception_only=isinstance(error, SegkitError))


def unknown(name: str, known: Iterable[str]) -> str:
    """What to do about a name that Python does not know: run the cell that makes it, or mend a typing error."""
    near = get_close_matches(name, [one for one in known if not one.startswith("_")], n=1, cutoff=ALIKE)
    t = catalogue(LANG)
    return t("check.misspelt", name=name, near=near[0]) if near else t("check.unknown", name=name)
