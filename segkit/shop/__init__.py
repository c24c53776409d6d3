"""The face of the package: open a delivery, stand at a date, ask."""

from segkit.shop.opening import open
from segkit.shop.view import Shop, View, accept_thresholds, can_and_cannot

__all__ = ["Shop", "View", "accept_thresholds", "can_and_cannot", "open"]
