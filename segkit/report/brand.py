"""A client's own look on the cover: its colour as the ground, darkened until everything on it can be read, and its logo."""

from __future__ import annotations

import base64
from pathlib import Path

from segkit.errors import SettingsError
from segkit.settings import Brand

GROUND = "#0a3d33"  # of a cover without a brand; all colours on the cover are chosen for it
LARGEST = 200_000  # bytes of a logo: the report stays one small file
_KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_STEPS = 100


def ground(colour: str) -> str:
    """The colour, or the lightest shade of it that is no lighter than the usual ground, so that its contrasts hold."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    for step in range(_STEPS, -1, -1):
        shade = "#" + "".join(f"{part * step // _STEPS:02x}" for part in (red, green, blue))
        if luminance(shade) <= luminance(GROUND):
            return shade
    return "#000000"


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, between 0 (black) and 1 (white)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def on_cover(brand: Brand | None) -> dict[str, str]:
    """What the template needs: the ground, the colour itself for a band, and the logo as a data URI; only what was given."""
    if brand is None:
        return {}
    coloured = {"ground": ground(brand.colour), "band": brand.colour} if brand.colour else {}
    return coloured | ({"logo": data_uri(Path(brand.logo))} if brand.logo else {})


def data_uri(logo: Path) -> str:
    """A PNG or JPEG file as a data URI; anything else could bring scripts or be broken, and is an error."""
    if not logo.is_file():
        raise SettingsError(f"client.yaml: brand.logo: there is no file {logo.name}.", "Put the logo beside client.yaml.")
    content = logo.read_bytes()
    kind = next((kind for start, kind in _KINDS.items() if content.startswith(start)), None)
    if kind is None or len(content) > LARGEST:
        raise SettingsError(
            f"client.yaml: brand.logo: {logo.name} is no PNG or JPEG of at most {LARGEST // 1000} kB.", "Save it as a small PNG."
        )
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
