"""The one place that knows an engine: expressions in a closed vocabulary become one SQL statement per question."""

from segkit.engine.dialects import DIALECTS, text
from segkit.engine.duck import Store
from segkit.engine.query import Query, Rules

__all__ = ["DIALECTS", "Query", "Rules", "Store", "text"]
