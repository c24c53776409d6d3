"""Every error the generators raise on purpose, each saying what is wrong and what is allowed.

GeneratorError
├── UnknownProfile   there is no shop profile of that name
├── BadArgument      a number, date or format that cannot be used
└── BadProfile       a shop's YAML lacks a key or holds something unusable

What can be done, though not as a whole, is a warning: FaultNotShown.
"""


class GeneratorError(Exception):
    """What is wrong, and what to do next."""

    def __init__(self, problem: str, todo: str) -> None:
        super().__init__(problem, todo)
        self.problem = problem
        self.todo = todo

    def __str__(self) -> str:
        return f"{self.problem}\n  What to do: {self.todo}"


class UnknownProfile(GeneratorError):
    """There is no shop profile of that name."""


class BadArgument(GeneratorError):
    """A number, date or format that cannot be used."""


class BadProfile(GeneratorError):
    """A shop's YAML lacks a key or holds something unusable."""


class FaultNotShown(UserWarning):
    """A fault was asked for together with a system whose files cannot show it."""
