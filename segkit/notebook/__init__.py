"""Notebooks that run by themselves and lessons that talk back: checked parameters, executed audits, exercises and pictures."""

from segkit.notebook.check import check
from segkit.notebook.lesson import bars, demo_shop, lesson_shop, shop_folder
from segkit.notebook.parameters import AuditParameters
from segkit.notebook.predict import compare
from segkit.notebook.run import AuditFiles, run_audit
from segkit.notebook.several import run_audits

__all__ = [
    "AuditFiles",
    "AuditParameters",
    "bars",
    "check",
    "compare",
    "demo_shop",
    "lesson_shop",
    "run_audit",
    "run_audits",
    "shop_folder",
]
