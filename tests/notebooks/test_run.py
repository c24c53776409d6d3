"""The audit notebook, run as the command line runs it: two shops, two languages, and a run that fails."""

import json
import re
import subprocess
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import nbformat
import pytest

from segkit.errors import RunFailed
from segkit.notebook import run_audit
from tests.canonical import store_of

AS_OF = datetime(2026, 10, 31, 12)
ATTACK = '<img src=x onerror="alert(1)">{{x}} $x$ =cmd()'


def shop(folder: Path, name: str, with_mail: bool) -> Path:
    """Sixty people, some of whom buy; with or without mail events."""
    people = [f"p{n}" for n in range(60)]
    orders = [
        {"order_id": f"{person}-{order}", "profile_id": person, "ordered_at": AS_OF - timedelta(days=5 + 37 * order + n), "total_base": Decimal(10 + n),
         "counts_as_purchase": True, "shipping_country": "NL"}
        for n, person in enumerate(people[:45]) for order in range(n % 5 + 1)
    ]  # fmt: skip
    mail = (
        [{"profile_id": p, "event_type": "clicked", "occurred_at": AS_OF - timedelta(days=3 * n)} for n, p in enumerate(people)]
        if with_mail
        else []
    )
    store_of(
        folder / "canonical",
        profiles=[{"profile_id": p, "country_code": "NL"} for p in people],
        orders=orders,
        **({"email_events": mail} if mail else {}),
    )
    (folder / "client.yaml").write_text(f"name: {json.dumps(name)}\ncurrency: EUR\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(("lang", "with_mail", "name"), [("nl", True, "Bakkerij Jan"), ("en", False, ATTACK)])
def test_a_run_leaves_a_result_a_report_and_a_notebook_to_go_on_with(
    lang: str, with_mail: bool, name: str, tmp_path: Path, checkout: Path
) -> None:
    out = tmp_path / "reports"
    files = run_audit(
        {"path": str(shop(tmp_path / "client", name, with_mail)), "as_of": "2026-10-31", "lang": lang, "out": str(out)}, progress=False
    )
    result = json.loads(files.result.read_text(encoding="utf-8"))
    jsonschema.validate(result, json.loads((checkout / "docs/result.schema.json").read_text(encoding="utf-8")))
    assert result["counts"]["buyers"] == 45
    assert (result["counts"]["engaged_90d"] is None) is not with_mail
    html = files.html.read_text(encoding="utf-8")
    assert f'<html lang="{lang}"' in html
    assert 'data-path="counts.buyers"' in html
    assert "<img src=x" not in html
    assert not re.search(r"""(?:src|href)=["']?https?://""", html)
    assert len(html) < 1_000_000
    notebook = nbformat.read(files.notebook, as_version=4)
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")
    assert not (out / "audit.part.ipynb").exists()
    again = subprocess.run(
        [sys.executable, "-c", "import segkit; print(segkit.open('../client').at('2026-10-31').count('not_yet'))"],
        cwd=out,
        capture_output=True,
        text=True,
    )
    assert again.stdout.strip() == "15"  # the path in the notebook is as seen from its own folder


def failed(tmp_path: Path, **values: Any) -> RunFailed:
    with pytest.raises(RunFailed) as raised:
        run_audit({"as_of": "2026-10-31", "out": str(tmp_path / "out"), **values}, progress=False)
    return raised.value


def test_a_failing_cell_keeps_the_notebook_and_says_why_in_two_lines(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    error = failed(tmp_path, path=str(tmp_path / "empty"))
    assert "holds no file to read" in error.problem
    assert "Put the exports in it" in error.todo
    assert "Traceback" not in str(error)
    assert (tmp_path / "out/audit.failed.ipynb").exists()
    assert not (tmp_path / "out/audit.ipynb").exists()


def test_the_command_line_ends_with_two_lines_and_code_1(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "segkit.cli", "audit", str(tmp_path / "nowhere"), "--as-of", "2026-10-31", "--out", str(tmp_path / "out")],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    assert "There is no folder or file" in done.stderr
    assert "Traceback" not in done.stderr
