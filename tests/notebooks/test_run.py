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
from markupsafe import escape

from segkit.errors import RunFailed
from segkit.notebook import AuditFiles, run, run_audit, run_audits
from segkit.notebook.several import Outcome
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


NAMES = {"bakery": "Bakkerij Jan", "hostile": ATTACK}
RUNS = [(client, lang) for client in NAMES for lang in ("nl", "en")]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two shops, one with mail and one without, and a folder of a client that has nothing in it."""
    folder = tmp_path_factory.mktemp("runs")
    for client, name in NAMES.items():
        shop(folder / client, name, with_mail=client == "bakery")
    (folder / "empty").mkdir()
    return folder


@pytest.fixture(scope="module")
def ended(place: Path) -> dict[str, Outcome]:
    """Each shop in each language, and a run that fails, two at a time."""
    asked = [*RUNS, ("empty", "en")]
    return dict(
        run_audits(
            {f"{client}-{lang}": {"path": str(place / client), "as_of": "2026-10-31", "lang": lang, "out": str(place / "reports" / lang / client)}
             for client, lang in asked},
            at_once=2,
        )
    )  # fmt: skip


@pytest.mark.parametrize(("client", "lang"), RUNS)
def test_a_run_leaves_a_result_a_report_and_a_notebook_to_go_on_with(
    client: str, lang: str, ended: dict[str, Outcome], checkout: Path
) -> None:
    files = ended[f"{client}-{lang}"]
    assert isinstance(files, AuditFiles), files
    result = json.loads(files.result.read_text(encoding="utf-8"))
    jsonschema.validate(result, json.loads((checkout / "docs/result.schema.json").read_text(encoding="utf-8")))
    assert result["counts"]["buyers"] == 45
    assert (result["counts"]["engaged_90d"] is None) is (client == "hostile")
    html = files.html.read_text(encoding="utf-8")
    assert f'<html lang="{lang}"' in html
    assert 'data-path="counts.buyers"' in html
    assert escape(NAMES[client]) in html
    assert "<img src=x" not in html
    assert not re.search(r"""(?:src|href)=["']?https?://""", html)
    assert len(html) < 1_000_000
    notebook = nbformat.read(files.notebook, as_version=4)
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")
    assert not (files.folder / "audit.part.ipynb").exists()


def test_both_languages_say_the_same_numbers(ended: dict[str, Outcome]) -> None:
    for client in NAMES:
        dutch, english = (ended[f"{client}-{lang}"].result.read_bytes() for lang in ("nl", "en"))  # type: ignore[union-attr]
        assert dutch == english


def test_the_path_in_the_notebook_is_as_seen_from_its_own_folder(ended: dict[str, Outcome]) -> None:
    again = subprocess.run(
        [sys.executable, "-c", "import segkit; print(segkit.open('../../../bakery').at('2026-10-31').count('not_yet'))"],
        cwd=ended["bakery-nl"].folder,  # type: ignore[union-attr]
        capture_output=True,
        text=True,
    )
    assert again.stdout.strip() == "15"


def test_one_that_fails_stops_no_other_and_says_why(ended: dict[str, Outcome]) -> None:
    assert len(ended) == len(RUNS) + 1
    error = ended["empty-en"]
    assert isinstance(error, RunFailed)
    assert "holds no file to read" in error.problem
    assert "Traceback" not in str(error)


def test_several_clients_on_the_command_line_have_a_line_and_a_folder_each(place: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "segkit.cli", "audit", "bakery", "empty", "--as-of", "2026-10-31", "--lang", "en", "--out", "out"],
        capture_output=True, text=True, cwd=place,
    )  # fmt: skip
    assert done.returncode == 1
    assert re.search("empty: .*holds no file to read", done.stderr)
    assert "bakery: done" in done.stderr
    assert "empty: failed" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Wrote out/bakery/audit.html" in done.stdout
    assert (place / "out/bakery/audit.html").exists()
    assert not (place / "out/empty/audit.html").exists()


def test_a_client_whose_settings_cannot_be_read_is_named_and_stops_no_other(place: Path) -> None:
    (place / "bad").mkdir(exist_ok=True)
    (place / "bad" / "client.yaml").write_text("language: nl\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "segkit.cli", "audit", "bad", "bakery", "--as-of", "2026-10-31", "--out", "out2", "--json"],
        capture_output=True, text=True, cwd=place,
    )  # fmt: skip
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert "name" in told["bad"]["problem"]
    assert told["bakery"]["html"].endswith("audit.html")
    assert [line for line in done.stderr.splitlines() if line.startswith("bad: ")]  # a stopped kernel may have its say before


def test_two_clients_of_one_name_are_told_apart_before_anything_runs(place: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "segkit.cli", "audit", "bakery", "reports/nl/bakery", "--as-of", "2026-10-31", "--out", "x"],
        capture_output=True, text=True, cwd=place,
    )  # fmt: skip
    assert done.returncode == 1
    assert "has the name of another folder" in done.stderr
    assert not (place / "x").exists()


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


def test_a_python_that_does_not_start_is_started_once_more(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import papermill

    tried, real = [], papermill.execute_notebook

    def started(*given: Any, **named: Any) -> Any:
        tried.append(given)
        if len(tried) == 1:
            raise RuntimeError("Kernel died before replying to kernel_info")
        return real(*given, **named)

    monkeypatch.setattr(papermill, "execute_notebook", started)
    files = run_audit({"path": str(place / "bakery"), "as_of": "2026-10-31", "out": str(tmp_path)}, progress=False)
    assert files.html.exists()
    assert len(tried) == 2


def test_a_python_that_is_killed_half_way_keeps_the_notebook_and_says_so(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = nbformat.read(Path(run.__file__).with_name("audit.ipynb"), as_version=4)
    source.cells[3].source += "\nimport os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    nbformat.write(source, tmp_path / "audit.ipynb")
    monkeypatch.setattr(run.resources, "files", lambda package: tmp_path)
    error = failed(tmp_path, path=str(place / "bakery"))
    assert "ended before the notebook did" in error.problem
    assert "too little memory" in error.todo
    assert (tmp_path / "out/audit.failed.ipynb").exists()
    assert not (tmp_path / "out/audit.html").exists()
