"""A result as a report: sections for the notebook, one HTML page, a PDF."""

from typing import Any

MIME = "application/vnd.segkit.report+json"  # the cover's facts, as the notebook hands them to the page

__all__ = ["MIME", "Report", "html_to_pdf", "notebook_to_html"]


def __getattr__(name: str) -> Any:
    """Loaded when asked for, so that nothing draws before something is drawn."""
    if name == "Report":
        from segkit.report.sections import Report

        return Report
    if name == "notebook_to_html":
        from segkit.report.html import notebook_to_html

        return notebook_to_html
    if name == "html_to_pdf":
        from segkit.report.pdf import html_to_pdf

        return html_to_pdf
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
