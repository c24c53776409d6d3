"""Answers to exercises and predictions: a line that ends in `# answer`, or those between `# answer` and `# /answer`; `...` in a lesson."""

from __future__ import annotations

import ast
import textwrap

OPEN, CLOSE = "# answer", "# /answer"
BLANK = "...  # your answer"


class AnswerError(Exception):
    """The markers of an answer are not as they should be; the message says what to write."""


def without_answers(code: str, is_asked: bool) -> str:
    """The cell as a learner gets it: it still runs, for each name that it needs is set to `...`."""
    parts = _parts(code.splitlines())
    if is_asked and len(parts) == 1:
        raise AnswerError(
            f"an exercise or prediction without an answer: end its line in `{OPEN}`, or put its lines between `{OPEN}` and `{CLOSE}`."
        )
    if len(parts) > 1 and not is_asked:
        raise AnswerError('an answer outside an exercise: the cell begins with `# %% tags=["exercise"]`, or ["prediction"].')
    read = _read("\n".join("\n".join(lines) for lines in parts[::2]))
    return "\n".join(line for place, lines in enumerate(parts) for line in (_blank(lines, read) if place % 2 else lines))


def _parts(lines: list[str]) -> list[list[str]]:
    """The lines in turns: outside an answer, inside, outside ... with the markers left out."""
    parts: list[list[str]] = [[]]
    for line in lines:
        inside = len(parts) % 2 == 0
        if line.strip() == (CLOSE if inside else OPEN):
            parts.append([])
        elif line.strip() in (OPEN, CLOSE):
            raise AnswerError(f"`{line.strip()}` stands where it cannot: write `{OPEN}`, the code, `{CLOSE}`.")
        elif line.rstrip().endswith(OPEN) and not inside:
            parts += [[line], []]
        else:
            parts[-1].append(line)
    if len(parts) % 2 == 0:
        raise AnswerError(f"an answer is not closed: write `{CLOSE}` after it.")
    return parts


def _blank(answer: list[str], read: set[str]) -> list[str]:
    """`name = ...` for what the rest of the cell reads, else for the last name that the answer sets, else a plain `...`."""
    names = _assigned("\n".join(answer))
    indent = answer[0][: len(answer[0]) - len(answer[0].lstrip())]
    needed = [name for name in names if name in read] or names[-1:]
    return [f"{indent}{name} = {BLANK}" for name in needed] or [f"{indent}{BLANK}"]


def _assigned(answer: str) -> list[str]:
    if not answer.strip():
        raise AnswerError(f"an answer is empty: put the code between `{OPEN}` and `{CLOSE}`.")
    try:
        tree = ast.parse(textwrap.dedent(answer))
    except SyntaxError as problem:
        raise AnswerError(f"an answer is not whole lines of Python ({problem.msg}).") from None
    statements = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    return list(dict.fromkeys(name for statement in statements for name in _names(statement, ast.Store)))


def _read(code: str) -> set[str]:
    """The names that the rest of the cell reads; none when the answer is what makes it a whole statement."""
    try:
        return set(_names(ast.parse(code), ast.Load))
    except SyntaxError:
        return set()


def _names(tree: ast.AST, how: type[ast.expr_context]) -> list[str]:
    return [node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, how)]
