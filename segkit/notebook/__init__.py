"""Notebooks that run by themselves: checked parameters in, an executed audit and its report out."""

from segkit.notebook.parameters import AuditParameters
from segkit.notebook.run import AuditFiles, run_audit

__all__ = ["AuditFiles", "AuditParameters", "run_audit"]
