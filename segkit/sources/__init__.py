"""Deliveries in: recognise what was delivered, read it, and leave a receipt for every row."""

from segkit.sources.load import LoadReport, load_delivery, load_frames

__all__ = ["LoadReport", "load_delivery", "load_frames"]
