"""The widgets of the notebooks in one place: each works with the keyboard, says what it shows, and shares no output cell."""

from segkit.notebook.builder import segment_builder
from segkit.notebook.persona_explorer import persona_explorer
from segkit.notebook.slider import recency_slider
from segkit.notebook.top_share import top_share_slider
from segkit.notebook.window_explorer import window_explorer

__all__ = ["persona_explorer", "recency_slider", "segment_builder", "top_share_slider", "window_explorer"]
