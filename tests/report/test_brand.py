"""The client's colour and logo on the cover: readable whatever the colour, and no file that could bring a script."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from segkit.errors import SettingsError
from segkit.report import Report
from segkit.report.brand import GROUND, LARGEST, data_uri, ground, luminance
from segkit.settings import Brand, load_client
from tests.report.fixture_result import full

COLOURS = st.tuples(*[st.integers(0, 255)] * 3).map(lambda parts: "#{:02x}{:02x}{:02x}".format(*parts))


def test_luminance_is_that_of_wcag() -> None:
    """White on the usual ground: 12.3 to 1, as the contrast checkers of the web give it."""
    assert (luminance("#000000"), luminance("#ffffff")) == (0.0, pytest.approx(1.0))
    assert luminance("#777777") == pytest.approx(0.1845, abs=5e-5)


@given(COLOURS)
def test_the_ground_is_never_lighter_than_the_one_that_all_words_were_chosen_for(colour: str) -> None:
    assert luminance(ground(colour)) <= luminance(GROUND)
    assert (ground(colour) == colour) == (luminance(colour) <= luminance(GROUND))


def test_the_cover_wears_the_colour_and_the_logo(tmp_path: Path) -> None:
    Image.new("RGB", (40, 20), "#7a1f3d").save(tmp_path / "logo.png")
    (tmp_path / "client.yaml").write_text('name: Anna\nbrand: {colour: "#7a1f3d", logo: logo.png}\n', encoding="utf-8")
    brand = Report(full(), "nl", load_client(tmp_path / "client.yaml").brand).cover().facts["brand"]
    assert brand["band"] == "#7a1f3d"
    assert re.fullmatch("data:image/png;base64,[A-Za-z0-9+/=]+", brand["logo"])
    assert Report(full(), "nl").cover().facts["brand"] == {}


@pytest.mark.parametrize(
    ("name", "content"),
    [("logo.svg", b"<svg onload='alert(1)'/>"), ("logo.png", b"\x89PNG\r\n\x1a\n" + b"0" * LARGEST), ("gone.png", None)],
)
def test_a_logo_that_is_no_small_picture_is_refused_by_name(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SettingsError, match=rf"client\.yaml: brand\.logo: .*{name}"):
        data_uri(tmp_path / name)


def test_a_colour_is_written_as_six_digits(tmp_path: Path) -> None:
    (tmp_path / "client.yaml").write_text("name: Anna\nbrand: {colour: red}\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"client\.yaml: brand\.colour"):
        load_client(tmp_path / "client.yaml")
    assert Brand(colour="#0C6B58").colour == "#0C6B58"
