"""The command line: what it chooses by itself, where it leaves refused rows, and how it ends."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from segkit import cli
from segkit.notebook import AuditParameters, run_audit

MAPPING = """
source: shop
read:
  orders:
    files: "*.csv"
    columns: {no: {from: order, type: id}, who: {from: who, type: email}, day: {from: day, type: date}, paid: {from: paid, type: money}}
write:
  orders: {from: orders, one_row_per: {order_id: no}, columns: {profile_id: min(who), ordered: min(day), total: sum(paid)}}
"""


@pytest.fixture
def delivery(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A delivery of 60 orders, one of which cannot be read, and its mapping; the working directory is beside it."""
    monkeypatch.chdir(tmp_path)
    rows = [f"{n},c{n}@example.com,2026-01-{n % 28 + 1:02d},{n}" for n in range(1, 60)]
    (tmp_path / "een levering").mkdir()
    (tmp_path / "een levering" / "o.csv").write_text("order,who,day,paid\n" + "\n".join([*rows, "60,d@example.com,2026-01-02,ten"]) + "\n")
    (tmp_path / "m.yaml").write_text(MAPPING)
    return tmp_path / "een levering"


def said(*arguments: str) -> str:
    done = CliRunner().invoke(cli.app, list(arguments))
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def test_check_says_why_a_row_was_refused_and_keeps_it(delivery: Path) -> None:
    told = said("check", delivery.name, "--mapping", "m.yaml")
    assert "o.csv: 1 refused" in told
    file = Path("een levering.quarantine/o.csv.refused.csv")
    assert file.as_posix() in told
    assert "ten" in file.read_text(encoding="utf-8")
    report = json.loads(CliRunner().invoke(cli.app, ["check", delivery.name, "--mapping", "m.yaml", "--json"]).output)
    assert report["quarantine"] == [file.as_posix()]


def test_refused_rows_never_go_to_the_folder_that_the_client_gets(delivery: Path) -> None:
    parameters = AuditParameters(path=str(delivery), as_of="2026-02-01", out="report", mapping="m.yaml")
    parameters.open()
    assert not Path("report").exists()
    assert Path("report.quarantine/o.csv.refused.csv").exists()


def test_refused_rows_of_a_client_stay_in_the_clients_folder(delivery: Path) -> None:
    client = Path("client")
    client.mkdir()
    delivery.rename(client / "deliveries")
    Path("m.yaml").rename(client / "mapping.yaml")
    AuditParameters(path="client", as_of="2026-02-01", out="report").open()
    assert [file.name for file in (client / "quarantine").iterdir()] == ["o.csv.refused.csv"]
    assert not Path("report.quarantine").exists()


@pytest.mark.parametrize(("asked", "told"), [([], "en"), (["--lang", "nl"], "nl")])
def test_the_client_chooses_the_language_unless_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str], told: str
) -> None:
    seen: dict[str, Any] = {}

    class Files:
        html = notebook = result = tmp_path / "x"
        pdf = tmp_path / "x"

    monkeypatch.setattr("segkit.notebook.run_audit", lambda values, progress: seen.update(values) or Files)
    (tmp_path / "client.yaml").write_text("name: Anna\nlanguage: en\n", encoding="utf-8")
    said("audit", str(tmp_path), "--as-of", "2026-02-01", "--out", str(tmp_path / "out"), *asked)
    assert seen["lang"] == told


def test_a_run_that_fails_leaves_no_report_of_an_earlier_one(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for name in ("audit.html", "audit.pdf", "audit.ipynb", "result.json", "notes.txt"):
        (out / name).write_text("of last quarter", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    with pytest.raises(Exception, match="holds no file to read"):
        run_audit({"path": str(tmp_path / "empty"), "as_of": "2026-02-01", "out": str(out)}, progress=False)
    assert sorted(file.name for file in out.iterdir()) == ["audit.failed.ipynb", "notes.txt"]


def test_an_output_folder_that_is_a_file_is_told_in_two_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["segkit", "audit", str(tmp_path), "--as-of", "2026-02-01", "--out", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err.strip().splitlines() == [
        "Nothing can be written to out: File exists.",
        "  Give another folder after --out.",
    ]


def test_a_year_that_no_shop_has_is_told(delivery: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    for day in ("9999-12-31", "0001-01-05"):
        monkeypatch.setattr("sys.argv", ["segkit", "audit", str(delivery), "--as-of", day, "--out", "report"])
        with pytest.raises(SystemExit):
            cli.main()
        assert "Give a date between 1970 and 2200" in capsys.readouterr().err


def test_a_new_client_gets_a_folder_whose_name_is_plain(tmp_path: Path) -> None:
    told = said("new", "Bäckerei & Zn.", "--folder", str(tmp_path))
    assert (tmp_path / "bäckerei-zn" / "client.yaml").exists()
    assert "--out reports/bäckerei-zn/YYYY-MM-DD" in told
