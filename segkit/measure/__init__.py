"""Measurements of a shop: each with its denominator, and with an interval where it compares."""
