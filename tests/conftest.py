"""What all tests share: how property tests draw, how tests are spread, where real data are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
SERIAL = ("tests/notebooks/", "tests/lessons/", "tests/browser/")  # kernels and browsers, one at a time
EXAMPLES = 50

settings.register_profile("ci", max_examples=EXAMPLES, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", settings.get_profile("ci"), max_examples=10 * EXAMPLES, derandomize=False)
settings.load_profile("long" if os.environ.get("SEGKIT_LONG") else "ci")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Spread tests over workers by file, and keep those that start kernels and browsers on one worker."""
    from xdist.scheduler import LoadFileScheduling

    class ByFile(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "serial" if nodeid.startswith(SERIAL) else super()._split_scope(nodeid)

    return ByFile(config, log)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of the checkout."""
    return ROOT


def _real_data() -> Path | None:
    """The folder that SEGKIT_REAL_DATA names, else one called shared/data beside the checkout; None without either."""
    named = os.environ.get("SEGKIT_REAL_DATA")
    if named and not Path(named).is_dir():
        pytest.fail(f"SEGKIT_REAL_DATA names {named}, which is not a folder: correct the name or unset it")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with all real shops used in development; only some machines have it."""
    folder = _real_data()
    if folder is None:
        pytest.skip("real data: SEGKIT_REAL_DATA names no folder, and there is none beside the checkout")
    return folder


def _downloaded(name: str) -> Path:
    beside = _real_data()
    for folder in (ROOT / "data" / "cache" / name, *([beside / name] if beside else [])):
        if folder.is_dir() and any(folder.iterdir()):
            return folder
    pytest.skip(f"real data: {name} is not here yet; python dev.py test fetches it")


@pytest.fixture(scope="session")
def cdnow() -> Path:
    """The folder with CDNOW_master.txt: every purchase of a CD shop's first-quarter customers, 1997-1998."""
    return _downloaded("cdnow")


@pytest.fixture(scope="session")
def complete_journey() -> Path:
    """The folder with transactions.parquet and products.parquet: a year of groceries of 2,469 households."""
    return _downloaded("complete_journey")
