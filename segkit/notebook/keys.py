"""A box of controls whose keys are its own: in a notebook, JupyterLab takes letters and arrows from a list that has the focus."""

from __future__ import annotations

from collections.abc import Sequence

from ipywidgets import HTML, Layout, VBox, Widget

_OURS = "segkit-keys"
# On a list an arrow would move to another cell, and M turn the cell into text. JupyterLab leaves the keys of an element alone
# that has this attribute. Widgets cannot set it from Python; an animation begins whenever the box is shown, in any front end.
_SHOWN = (
    "<style>@keyframes segkit-shown{from{opacity:0}}</style>"
    '<span style="display:inline-block;animation:segkit-shown 1ms" '
    f"onanimationstart=\"this.closest('.{_OURS}').addEventListener('focusin', "
    "event => event.target.setAttribute('data-lm-suppress-shortcuts', 'true'))\"></span>"
)


class OwnKeys(VBox):
    """Controls below each other; while one of them has the focus, the notebook's shortcuts rest."""

    def __init__(self, controls: Sequence[Widget]) -> None:
        super().__init__([*controls, HTML(_SHOWN, layout=Layout(height="0", margin="0"))])
        self.add_class(_OURS)
