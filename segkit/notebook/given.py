"""What a learner gave as an answer: a number, a text, a group of profiles, nothing yet, or one of the usual slips."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from segkit.segments.tree import Condition


def is_open(answer: Any) -> bool:
    """Not filled in; a calculation that gives no number is not filled in either."""
    if isinstance(answer, str):
        return not answer.strip()
    return answer is ... or answer is None or str(answer).lower() in ("nan", "<na>", "nat")


def of_kind(answer: Any, right: float | str | set[str]) -> Any:
    """The answer in the form of the right one; None when it is of another kind."""
    if isinstance(right, set):
        return profile_ids(answer)
    if isinstance(right, str):
        return answer.strip() if isinstance(answer, str) else None
    given = number(answer)
    return given / 100 if given is not None and given > 1 > right > 0 else given  # 27 of a share was meant as 27 %


def number(answer: Any) -> float | None:
    """A single number; a text is none, nor are yes and no, a date, or a column of numbers."""
    kind = getattr(getattr(answer, "dtype", None), "kind", "f")
    if isinstance(answer, (bool, str)) or kind not in "fiu" or getattr(answer, "ndim", 0) != 0:
        return None
    try:
        return float(answer)
    except (TypeError, ValueError, OverflowError):
        return None


def profile_ids(answer: Any) -> set[str] | None:
    """The ids of a group: any list, set or column of them, or a table or column by profile_id; None for anything else."""
    if hasattr(answer, "columns"):
        answer = answer["profile_id"] if "profile_id" in answer.columns else _index(answer)
    elif _index(answer) is not None and not _is_yes_or_no(answer):
        answer = answer.index
    if isinstance(answer, (str, dict)) or not isinstance(answer, Iterable):
        return None
    ids = list(answer)
    return set(ids) if all(isinstance(one, str) for one in ids) else None


def slip(answer: Any) -> str | None:
    """Which of the usual slips an answer of another kind is; None when it is none of them."""
    if isinstance(answer, Condition):
        return "rule"
    if _is_yes_or_no(answer):
        return "yes_or_no"
    whole = isinstance(answer, tuple) and len(answer) > 1 and all(isinstance(part, int) for part in answer)
    return "comma" if whole else None


def _index(answer: Any) -> Any:
    index = getattr(answer, "index", None)
    return index if getattr(index, "name", None) == "profile_id" else None


def _is_yes_or_no(answer: Any) -> bool:
    return getattr(answer, "ndim", 0) == 1 and getattr(getattr(answer, "dtype", None), "kind", "") == "b"
