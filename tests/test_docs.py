"""Generated documents are up to date, and the README's lines work as printed."""

import re
import subprocess
import sys
from pathlib import Path

import pandas as pd


def test_the_data_dictionary_is_up_to_date(checkout: Path) -> None:
    done = subprocess.run([sys.executable, checkout / "docs/make_data_dictionary.py", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_five_lines_on_a_frame_work_as_the_readme_prints_them(checkout: Path) -> None:
    code = re.search(r"```python\n(.*?)```", (checkout / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert code
    df = pd.DataFrame({
        "invoice": ["1", "2", "2", "3", "4"], "customer": ["ann", "ann", "ann", "ann", "bob"], "amount": [10.0, 5.5, 4.5, 9.0, 30.0],
        "date": pd.to_datetime(["2026-10-01", "2026-10-20", "2026-10-20", "2026-11-02", "2026-11-02"]),
    })  # fmt: skip
    names: dict = {"df": df}
    exec(code.group(1), names)
    features = names["view"].features().set_index("profile_id")
    assert features.loc["ann", "order_count"] == 2
    assert features.loc["ann", "revenue"] == 20.0
    assert features.loc["ann", "recency_days"] == 12
    assert list(features.index) == ["ann"]  # bob came a day after the as-of date
    assert list(names["view"].personas()["persona"]) == ["potential_brand_lovers"]


def test_every_link_of_the_documents_leads_somewhere(checkout: Path) -> None:
    for document in [
        *checkout.glob("*.md"),
        *(checkout / "docs").rglob("*.md"),
        *(checkout / "notebooks").glob("*.md"),
        *(checkout / "data").glob("*/README.md"),
    ]:
        for link in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
            assert (document.parent / link).exists(), f"{document.name} links to {link}"
