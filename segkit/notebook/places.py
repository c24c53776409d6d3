"""Where a relative path of a notebook leads: JupyterLab runs it in its own folder, people think from that of the checkout."""

from __future__ import annotations

from pathlib import Path


def nearest(path: Path | str) -> Path | None:
    """The path from the folder that this runs in, or from the first one above it where there is such a thing; None nowhere."""
    here = Path.cwd()
    return next((place / path for place in (here, *here.parents) if (place / path).exists()), None)
