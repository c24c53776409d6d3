"""The HTML page on A4 paper: printed by the browser that is there, with page numbers in the contents and bookmarks."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from pypdf import PdfReader
from pypdf.errors import PyPdfError

ON_PATH = (
    *("chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable", "chrome"),
    *("microsoft-edge", "microsoft-edge-stable", "msedge"),
)
ON_MAC = ("Google Chrome", "Microsoft Edge", "Chromium")
ON_WINDOWS = ("Google/Chrome/Application/chrome.exe", "Microsoft/Edge/Application/msedge.exe", "Chromium/Application/chrome.exe")  # fmt: skip # noqa: E501
QUIETLY = (
    "--headless",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",  # headings become bookmarks; a browser of before 2024 leaves them out
)
PATIENCE = 120  # seconds that one print may take
_DRAWING = re.compile(r"(<svg[^>]*>).*?</svg>", re.DOTALL)
_FOR_TELEPHONES = re.compile(r'<div class="narrow">.*?</div>', re.DOTALL)
_ENTRY = re.compile(r'<li><a href="#([^"]+)">(.*?)</a></li>')


def html_to_pdf(html_path: str | Path, pdf_path: str | Path, guess: Mapping[str, int] | None = None) -> bool:
    """Print a report page to PDF; False when there is no Chromium, Chrome or Edge, or it cannot print.

    Printed twice: browsers cannot yet write page numbers in a list of contents, so the first print tells them. `guess`
    is what `page_numbers` said of an earlier print of this report: one print is enough when it still holds.
    """
    browser, source, target = find_browser(), Path(html_path), Path(pdf_path)
    if browser is None:
        return False
    page = source.read_text(encoding="utf-8").replace("<details>", "<details open>")
    page = _FOR_TELEPHONES.sub("", page)
    with tempfile.TemporaryDirectory(prefix="segkit-print-", ignore_cleanup_errors=True) as folder:
        printed = _numbered(browser, page, Path(folder), guess or {})
        if not printed:
            return False
        part = target.with_suffix(".part.pdf")
        shutil.copyfile(printed, part)  # the temporary folder may be on another disk
        os.replace(part, target)  # a half file never stands there
    return True


def page_numbers(printed: Path) -> dict[str, int]:
    """Page number of every heading that the contents of a printed report link to; empty when it is no PDF."""
    try:
        reader = PdfReader(printed)
        found = {name: reader.get_destination_page_number(place) for name, place in reader.named_destinations.items()}
    except (OSError, ValueError, PyPdfError):  # no file, half a file, somebody else's
        return {}
    return {name.lstrip("/"): number + 1 for name, number in found.items() if number is not None}


def _numbered(browser: str, page: str, folder: Path, guess: Mapping[str, int]) -> Path | None:
    """The page, printed with the right page numbers in its contents."""
    if guess:
        first = _print(browser, _with_page_numbers(page, guess), folder)
    else:
        first = _print(browser, _without_drawings(page), folder, "--disable-pdf-tagging")
    if not first:
        return None
    pages = page_numbers(first)
    return first if pages == guess else _print(browser, _with_page_numbers(page, pages), folder)


def find_browser() -> str | None:
    """The first browser of the Chromium family on this machine, or the one that SEGKIT_BROWSER names."""
    return next((found for found in _browsers() if found), None)


def _browsers() -> Iterator[str | None]:
    named = os.environ.get("SEGKIT_BROWSER")
    if named is not None:
        yield shutil.which(named)
        return
    yield from map(shutil.which, ON_PATH)
    yield from (str(path) for path in _installed() if path.is_file())


def _installed() -> list[Path]:
    """Where browsers stand that are not on the path of programs."""
    if sys.platform == "darwin":
        homes = (Path("/Applications"), Path.home() / "Applications")
        return [home / f"{name}.app" / "Contents" / "MacOS" / name for home in homes for name in ON_MAC]
    homes_named = (os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"))
    return [Path(home, place) for home in homes_named if home for place in ON_WINDOWS]


def _print(browser: str, page: str, folder: Path, *more: str) -> Path | None:
    """One print of a page inside a folder of its own; None when the browser did not make it."""
    source, printed = folder / "page.html", folder / "page.pdf"
    source.write_text(page, encoding="utf-8")
    printed.unlink(missing_ok=True)
    places = [f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={printed}"]
    command = [browser, *QUIETLY, *more, *places, *_as_root(), source.as_uri()]
    try:
        subprocess.run(command, capture_output=True, check=True, timeout=PATIENCE)
    except (OSError, subprocess.SubprocessError):
        return None
    return printed if printed.is_file() else None


def _as_root() -> list[str]:
    """Chromium's sandbox refuses to work for root, as in a container."""
    return ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []


def _without_drawings(page: str) -> str:
    """The page with empty figures of the same size: headings fall on the same pages, and it prints much faster."""
    return _DRAWING.sub(r"\1</svg>", page)


def _with_page_numbers(page: str, pages: Mapping[str, int]) -> str:
    def numbered(match: re.Match[str]) -> str:
        name, title = match.groups()
        return f'<li><a href="#{name}" data-page="{pages.get(name, "")}">{title}</a></li>'

    return _ENTRY.sub(numbered, page)
