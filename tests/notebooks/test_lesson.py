"""What stands around a lesson: its shop, wherever in the checkout it is opened, and its pictures."""

from datetime import datetime
from pathlib import Path

import pytest
from segkit_generators import make_shop

from segkit.errors import NothingToRead
from segkit.notebook import bars, demo_shop, lesson_shop
from tests.canonical import store_of


def test_a_checkout_without_the_shop_says_how_to_make_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NothingToRead) as raised:
        demo_shop()
    assert "python dev.py lab" in raised.value.todo


ORDER = {"order_id": "o1", "profile_id": "p1", "ordered_at": datetime(2026, 10, 1), "total_base": 10, "counts_as_purchase": True}


def test_the_shop_is_found_from_any_folder_of_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo = tmp_path / "data/cache/demo"
    store_of(demo / "canonical", profiles=[{"profile_id": "p1"}, {"profile_id": "p2"}], orders=[ORDER])
    (demo / "client.yaml").write_text("name: Jan\ncurrency: EUR\n", encoding="utf-8")
    (tmp_path / "notebooks/lessons").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "notebooks/lessons")
    assert demo_shop().at("2026-10-31").count("not_yet") == 1


def test_a_shop_whose_files_were_edited_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_shop("bakery", customers=20, seed=1, until="2026-10-31").write(tmp_path / "data/cache/demo")
    monkeypatch.chdir(tmp_path)
    demo_shop()
    assert capsys.readouterr().out == ""
    (tmp_path / "data/cache/demo/truth/days.parquet").unlink()
    with (tmp_path / "data/cache/demo/client.yaml").open("a", encoding="utf-8") as settings:
        settings.write("thresholds: {purchase_recent_days: 30}\n")
    demo_shop()
    said = capsys.readouterr().out
    assert "demo is not as it was made: client.yaml, truth/days.parquet changed or is gone" in said
    assert "remove data/cache/demo and run  python dev.py lab" in said


def test_a_picture_says_its_finding_and_is_the_same_each_time() -> None:
    first, again = (bars(["read", "bought"], [0.4, 0.2], ["40%", "20%"], "More read than bought.") for _ in range(2))
    assert 'alt="More read than bought."' in first._repr_html_()
    assert repr(first) == "More read than bought."
    assert first.png == again.png
    assert len(first.png) < 40_000


def test_a_delivery_is_read_once_whole_or_one_system_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for system in ("shopify", "elsewhere"):
        place = tmp_path / "data/cache/exports" / system
        place.mkdir(parents=True)
        store_of(place / "canonical", profiles=[{"profile_id": system}], orders=[ORDER])
    monkeypatch.chdir(tmp_path)
    assert lesson_shop("exports/shopify") is lesson_shop("exports/shopify")
    assert lesson_shop("exports/shopify") is not lesson_shop("exports/elsewhere")
