"""What is in a folder after a run is one shop: nothing of an earlier one, nothing of a stranger lost, whenever the run was killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from segkit_generators import Shop, folder, make_shop
from segkit_generators.__main__ import app
from segkit_generators.errors import BadArgument
from segkit_generators.exports import CANONICAL, EXPORTS
from typer.testing import CliRunner

Files = dict[str, bytes]
ALL = (CANONICAL, *EXPORTS)
KILLED = 9
KILL = """
import os, sys
from pathlib import Path
from segkit_generators import folder, make_shop, shop, store
from segkit_generators.exports.delivery import Delivery
place, name = {place}, {name!r}
real, left = getattr(place, name), [{after}]
def step(*arguments):
    if not left[0]:
        os._exit({code})
    left[0] -= 1
    return real(*arguments)
setattr(place, name, step)
make_shop("fashion", 20, seed=2).write({out!r}, ("canonical", "shopify"))
"""


@pytest.fixture(scope="module")
def old() -> Shop:
    return make_shop("bakery", 20, seed=1)


@pytest.fixture(scope="module")
def new() -> Shop:
    return make_shop("fashion", 20, seed=2)


def files_of(out: Path) -> Files:
    """What a reader finds, by its path: not what is being staged."""
    found = [path for path in sorted(out.rglob("*")) if path.is_file() and folder.STAGE not in path.parts]
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in found}


def written(shop: Shop, out: Path, formats: tuple[str, ...]) -> Files:
    shop.write(out, formats)
    return files_of(out)


def is_part_of(some: Files, whole: Files) -> bool:
    return some.items() <= whole.items()


@pytest.mark.parametrize("formats", [(CANONICAL,), ("shopify",), ALL])
def test_what_an_earlier_run_wrote_and_this_one_does_not_is_gone(old: Shop, new: Shop, formats: tuple[str, ...], tmp_path: Path) -> None:
    fresh = written(new, tmp_path / "fresh", formats)
    old.write(tmp_path / "used", ALL)
    assert written(new, tmp_path / "used", formats) == fresh
    assert {path.name for path in (tmp_path / "used").iterdir()} == {path.name for path in (tmp_path / "fresh").iterdir()}


def test_a_smaller_shop_leaves_no_page_of_a_bigger_one(tmp_path: Path) -> None:
    small, big = (make_shop("bakery", customers, seed=1) for customers in (20, 250))
    fresh = written(small, tmp_path / "fresh", ("klaviyo",))
    assert len(written(big, tmp_path / "used", ("klaviyo",))) > len(fresh)
    assert written(small, tmp_path / "used", ("klaviyo",)) == fresh


def test_a_shop_in_one_block_takes_the_place_of_one_in_parts(old: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = written(old, tmp_path / "fresh", (CANONICAL,))
    with monkeypatch.context() as patch:
        for place in ("arguments", "world"):
            patch.setattr(f"segkit_generators.{place}.CUSTOMERS_OF_BLOCK", 10)
        make_shop("bakery", 20, seed=1).write(tmp_path / "used")
    assert written(old, tmp_path / "used", (CANONICAL,)) == fresh


def test_the_files_of_a_stranger_stay(old: Shop, new: Shop, tmp_path: Path) -> None:
    old.write(tmp_path, ALL)
    strange = ["notes.txt", "deliveries/orders.csv", "klaviyo/mapping.yaml", "truth/mine.csv", "canonical/mine.txt"]
    for name in strange:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    new.write(tmp_path)
    assert all((tmp_path / name).read_text() == name for name in strange)
    assert [path.name for path in (tmp_path / "klaviyo").iterdir()] == ["mapping.yaml"]


@pytest.mark.parametrize("name", ["canonical/CURRENT", "truth/mine.csv", "shopify/customers.csv"])
def test_a_folder_that_somebody_else_filled_is_refused(old: Shop, name: str, tmp_path: Path) -> None:
    """A real client's exports are not mixed with those of a shop that does not exist."""
    (tmp_path / name).parent.mkdir()
    (tmp_path / name).write_text("real")
    with pytest.raises(BadArgument, match=rf"{name} was not written by the generators.\s+What to do: Move .* another folder"):
        old.write(tmp_path, ALL)
    assert files_of(tmp_path) == {name: b"real"}


@pytest.mark.parametrize(
    ("place", "name", "after"),
    [("store.Place", "write_block", 0), ("store.Place", "write_about", 0), ("Delivery", "write", 0), ("store.Place", "write_settings", 0),
     ("shop", "put_in_place", 0), ("folder", "_write_plan", 0), ("folder", "_swap", 1)],
)  # fmt: skip
def test_a_run_killed_before_all_is_there_leaves_the_old_shop(
    old: Shop, new: Shop, place: str, name: str, after: int, tmp_path: Path
) -> None:
    before = written(old, tmp_path / "out", ("canonical", "shopify"))
    code = KILL.format(place=place, name=name, after=after, code=KILLED, out=str(tmp_path / "out"))
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == KILLED
    assert files_of(tmp_path / "out") == before
    fresh = written(new, tmp_path / "fresh", ("canonical", "klaviyo"))
    assert written(new, tmp_path / "out", ("canonical", "klaviyo")) == fresh
    assert not (tmp_path / "out" / folder.STAGE).exists()


class Killed(BaseException):
    """Nothing may catch it."""


@pytest.mark.parametrize("step", [1, 2, 15, 30, 45, 60])
def test_a_run_killed_in_the_swap_leaves_no_mix_and_the_next_one_completes_it(
    old: Shop, new: Shop, step: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even a next run that is refused completes it."""
    out, formats = tmp_path / "out", ("canonical", "shopify")
    before, fresh = written(old, out, formats), written(new, tmp_path / "fresh", formats)
    left = [step]

    def or_die(real):  # type: ignore[no-untyped-def]
        def act(*arguments):  # type: ignore[no-untyped-def]
            left[0] -= (out / folder.STAGE / folder.PLAN).exists()
            if left[0] < 0:
                raise Killed
            return real(*arguments)

        return act

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", or_die(Path.unlink))
        patch.setattr(folder.os, "replace", or_die(folder.os.replace))
        with pytest.raises(Killed):
            new.write(out, formats)
    assert is_part_of(files_of(out), before) or is_part_of(files_of(out), fresh)
    (tmp_path / "out" / "klaviyo").mkdir()
    (tmp_path / "out" / "klaviyo" / "real.csv").write_text("real")
    with pytest.raises(BadArgument, match="not written by the generators"):
        new.write(out, ("klaviyo",))
    assert files_of(out) == fresh | {"klaviyo/real.csv": b"real"}


def test_settings_of_another_shop_are_replaced_with_the_shop(old: Shop, new: Shop, tmp_path: Path) -> None:
    new.write(tmp_path, ALL)
    assert "segments.yaml" in files_of(tmp_path)
    other = make_shop("giftware", 20, seed=2)
    assert written(other, tmp_path, ("klaviyo",))["klaviyo/client.yaml"] == (tmp_path / "client.yaml").read_bytes()
    assert "GBP" in (tmp_path / "client.yaml").read_text()


@pytest.mark.parametrize("name", ["client.yaml", "segments.yaml", "shopify/client.yaml"])
def test_edited_settings_stay_with_their_shop_and_refuse_another(old: Shop, new: Shop, name: str, tmp_path: Path) -> None:
    new.write(tmp_path, ("canonical", "shopify"))
    (tmp_path / name).write_text("version: 1\n")
    again = make_shop("fashion", 20, seed=3)
    before = written(again, tmp_path, ("canonical", "shopify"))
    assert before[name] == b"version: 1\n"
    with pytest.raises(BadArgument, match=rf"{name} belongs to the shop 'fashion' and was edited.\s+What to do: Remove it or move it"):
        old.write(tmp_path)
    assert files_of(tmp_path) == before
    (tmp_path / name).unlink()
    old.write(tmp_path)


def full(*arguments: object) -> None:
    raise OSError(28, "No space left on device")


def stopped(*arguments: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("fails", [full, stopped])
def test_a_run_that_cannot_go_on_leaves_the_old_shop_and_no_stage(
    old: Shop, fails: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = written(old, tmp_path, (CANONICAL,))
    monkeypatch.setattr("segkit_generators.store.Place.write_about", fails)
    done = CliRunner().invoke(app, ["bakery", "--customers", "20", "--out", str(tmp_path)])
    assert done.exit_code in ((2,) if fails is full else (1, 130))
    assert "Traceback" not in done.stderr
    if fails is full:
        assert f"{tmp_path} cannot be written into: No space left on device." in done.stderr
        assert "Make room, or give another folder as --out." in done.stderr
    assert not (tmp_path / folder.STAGE).exists()
    assert files_of(tmp_path) == before


@pytest.mark.parametrize(("place", "told"), [("file", "is a file"), ("file/below", "cannot be written into: Not a directory")])
def test_a_place_that_cannot_be_a_folder_is_refused_before_anything_is_made(
    place: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("mine")
    monkeypatch.setattr("segkit_generators.__main__.shop_of", None)
    done = CliRunner().invoke(app, ["bakery", "--out", str(tmp_path / place)])
    assert done.exit_code == 2
    assert told in done.stderr
    assert "another folder as --out" in done.stderr or "Give a folder as --out" in done.stderr
    assert (tmp_path / "file").read_text() == "mine"


def test_a_fault_of_files_without_files_is_refused_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segkit_generators.__main__.shop_of", None)
    done = CliRunner().invoke(app, ["bakery", "--out", str(tmp_path / "out"), "--fault", "bom"])
    assert done.exit_code == 2
    assert "bom is a fault of files" in done.stderr
    assert not (tmp_path / "out").exists()
