"""Every error segkit raises on purpose, each saying what is wrong and what to do next.

SegkitError
├── DeliveryError          a delivery cannot be used as it is
│   ├── NothingToRead      no file, an empty file, or no file that a reader wants
│   ├── UnreadableFile     the bytes are not the table they claim to be
│   ├── ColumnError        a column is missing, double, or does not hold what its type says
│   └── AmbiguousDates     dates that can be read as day-month or as month-day
├── MappingError           mapping.yaml says something that cannot be done
├── SettingsError          client.yaml or a threshold: unknown key, wrong type, out of range
├── ExpressionError        an expression is outside the vocabulary, or names an unknown column
├── SegmentError           a segment says something that cannot be understood or asked
├── AsOfError              the as-of date is missing, unreadable, or before the first event
├── ParameterError         a notebook or command parameter that does not exist or has the wrong type
└── RunFailed              an audit notebook stopped half-way
"""


class SegkitError(Exception):
    """What is wrong, and what to do next; both are shown, without a traceback, by the command line."""

    def __init__(self, problem: str, todo: str) -> None:
        super().__init__(problem, todo)
        self.problem = problem
        self.todo = todo

    def __str__(self) -> str:
        return f"{self.problem}\n  What to do: {self.todo}"


class DeliveryError(SegkitError):
    """A delivery cannot be used as it is."""


class NothingToRead(DeliveryError):
    """No file, an empty file, or no file that a reader wants."""


class UnreadableFile(DeliveryError):
    """The bytes are not the table they claim to be."""


class ColumnError(DeliveryError):
    """A column is missing, double, or does not hold what its type says."""


class AmbiguousDates(DeliveryError):
    """Dates that can be read as day-month or as month-day."""


class MappingError(SegkitError):
    """mapping.yaml says something that cannot be done."""


class SettingsError(SegkitError):
    """client.yaml or a threshold: unknown key, wrong type, out of range."""


class ExpressionError(SegkitError):
    """An expression is outside the vocabulary, or names an unknown column."""


class SegmentError(SegkitError):
    """A segment says something that cannot be understood or asked."""


class AsOfError(SegkitError):
    """The as-of date is missing, unreadable, or before the first event."""


class ParameterError(SegkitError):
    """A notebook or command parameter that does not exist or has the wrong type."""


class RunFailed(SegkitError):
    """An audit notebook stopped half-way."""
