"""Which notebooks are built from which sources, and what a finished one holds."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from nbformat import NotebookNode

from notebooks.building import cells
from notebooks.building.answers import AnswerError
from notebooks.building.run import RunError, executed

AUDITS = {  # source -> what is built from it
    "notebooks/sources/audit/segmentation_audit.py": (
        "notebooks/audit/segmentation_audit.ipynb",  # for readers
        "segkit/notebook/audit.ipynb",  # travels with the package, so that an installed kit makes reports too
    ),
    "notebooks/sources/workbench/segment_workbench.py": ("notebooks/workbench/segment_workbench.ipynb",),
}
LESSONS, SOLUTIONS = "notebooks/lessons", "notebooks/solutions"
SOURCES = "notebooks/sources/lessons"
AT_ONCE = 2  # notebooks that run beside each other, each in a Python of its own

T = TypeVar("T")


class BuildError(Exception):
    """A notebook cannot be built, or an edit cannot be brought back; the message says what to do."""


@dataclass(frozen=True)
class Target:
    """A notebook to build: its place, its source, how cells are taken from it, and whether it is run."""

    path: str
    source: str
    draft: Callable[[str], NotebookNode]
    runs: bool

    def drafted(self, root: Path) -> NotebookNode:
        """The notebook before it runs; raises BuildError, and FileNotFoundError without a source."""
        try:
            return self.draft((root / self.source).read_text(encoding="utf-8"))
        except AnswerError as problem:
            raise BuildError(f"{self.source}, {problem}") from None

    def finished(self, root: Path) -> NotebookNode:
        """The notebook to store; a lesson is run in the folder where it will stand."""
        draft = self.drafted(root)
        return self._executed(draft, root / self.path) if self.runs else draft

    def _executed(self, draft: NotebookNode, place: Path) -> NotebookNode:
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            return executed(draft, place.parent)
        except RunError as problem:
            raise BuildError(f"{self.path}, {problem}. Mend {self.source}") from None


def targets(root: Path) -> list[Target]:
    """Every notebook that there should be; lessons in the order of their names."""
    audits = [Target(path, source, cells.with_answers, False) for source, paths in AUDITS.items() for path in paths]
    names = sorted(path.stem for path in (root / SOURCES).glob("*.py"))
    return audits + [target for name in names for target in _of_lesson(name)]


def of_each(root: Path, ask: Callable[[Target], T]) -> dict[str, T]:
    """What is asked of each target, by path, in the order of `targets`; a few are asked at once."""
    there = targets(root)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip((target.path for target in there), pool.map(ask, there), strict=True))


def _of_lesson(name: str) -> list[Target]:
    source = f"{SOURCES}/{name}.py"
    lesson = Target(f"{LESSONS}/{name}.ipynb", source, cells.for_learners, True)
    return [lesson, Target(f"{SOLUTIONS}/{name}.ipynb", source, cells.with_answers, True)]


def strangers(root: Path) -> list[str]:
    """Notebooks in the built folders that no source gives."""
    folders = [LESSONS, SOLUTIONS, *sorted({str(Path(path).parent) for paths in AUDITS.values() for path in paths})]
    there = {path.relative_to(root).as_posix() for folder in folders for path in (root / folder).glob("*.ipynb")}
    return sorted(there - {target.path for target in targets(root)})
