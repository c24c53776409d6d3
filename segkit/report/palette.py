"""The report's colours, and where its fonts are: what the page and the figures share."""

from pathlib import Path

FONTS = Path(__file__).with_name("fonts")

# Every colour is a token: in a figure the hex is replaced by var(--token, hex), so that dark mode follows.
# No two tokens share a hex. Contrast on white: text tokens >= 4.5, marks >= 3 (gold and accent never told apart alone).
PALETTE = {
    "ink": "#16202a",
    "muted": "#56636f",
    "grid": "#dfe5e8",
    "paper": "#ffffff",
    "wash": "#f4f7f6",
    "brand": "#0c6b58",
    "brand-light": "#cfe5df",
    "accent": "#c2431f",
    "gold": "#b8790a",
    "blue": "#3a6ea8",
    "stone": "#7c8993",
    "heat1": "#e8f2ef",
    "heat2": "#c9e2da",
    "heat3": "#9dcbbe",
    "heat4": "#63ab99",
    "heat5": "#237a67",
    "heat6": "#0b5747",
    "on-pale": "#16202b",
    "on-deep": "#fffffe",
    "unseen": "#e6e9eb",
}
DARK = {
    "ink": "#e8edee",
    "muted": "#a3b1b8",
    "grid": "#2d3a41",
    "paper": "#182127",
    "wash": "#10171b",
    "brand": "#4fc3a5",
    "brand-light": "#23483f",
    "accent": "#ff8f6b",
    "gold": "#e9b949",
    "blue": "#86b4e8",
    "stone": "#7d8b94",
    "heat1": "#1b2f2b",
    "heat2": "#1f3f38",
    "heat3": "#255549",
    "heat4": "#2d6e5e",
    "heat5": "#4eb196",
    "heat6": "#8ee0c9",
    "on-pale": "#edf4f2",
    "on-deep": "#05201a",
    "unseen": "#252f35",
}
HEAT = [PALETTE[f"heat{step}"] for step in range(1, 7)]
DEEP_HEAT = set(HEAT[4:])  # from here on text on the cell is light

GROUP_TOKENS = {"buying": "brand", "lapsed": "gold", "not_bought": "blue", "silent": "stone", "unknown": "muted"}


def css_tokens(palette: dict[str, str]) -> str:
    """A palette as custom properties of a style sheet."""
    return ";".join(f"--{token}:{colour}" for token, colour in palette.items())


def heat(share: float) -> str:
    """The step of the green scale for a share between 0 and 1."""
    return HEAT[min(len(HEAT) - 1, int(max(share, 0) * len(HEAT)))]


def ink_on(colour: str) -> str:
    """A text colour that reads on a step of the green scale."""
    return PALETTE["on-deep"] if colour in DEEP_HEAT else PALETTE["on-pale"]
