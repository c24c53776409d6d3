"""One bakery of 400 customers for all round trips, and the header lines of real exports."""

import json
from pathlib import Path

import pytest
from segkit_generators import Shop, make_shop


@pytest.fixture(scope="package")
def small_bakery() -> Shop:
    return make_shop("bakery", customers=400, seed=7, until="2026-10-31")


@pytest.fixture(scope="session")
def real_headers(real_data: Path) -> dict[str, list[str]]:
    """Column names of real exports, by system and file; only some machines have them."""
    file = real_data / "export_samples" / "headers.json"
    if not file.exists():
        pytest.skip("no header lines of real exports here")
    return {name: entry["columns"] for name, entry in json.loads(file.read_text(encoding="utf-8")).items()}
