"""Seeded synthetic webshops with an answer key, as canonical tables; never imports segkit."""

from segkit_generators.shop import Shop, make_shop

__all__ = ["Shop", "make_shop"]
