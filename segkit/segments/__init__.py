"""Segments: one definition per audience, evaluated as of any date, in the words people use."""

from segkit.segments.ask import *  # noqa: F403
from segkit.segments.ask import __all__ as _verbs
from segkit.segments.definition import Segment, SegmentSet, Template, load
from segkit.segments.library import stock

__all__ = [*_verbs, "Segment", "SegmentSet", "Template", "load", "stock"]
