"""segkit: segmentation of webshop customers, from a delivery of exports to features, personas and an audit."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segkit.audit import AuditResult as AuditResult
    from segkit.errors import SegkitError as SegkitError
    from segkit.shop import Shop as Shop
    from segkit.shop import View as View
    from segkit.shop import open as open

_HOMES = {
    "open": "segkit.shop",
    "Shop": "segkit.shop",
    "View": "segkit.shop",
    "AuditResult": "segkit.audit",
    "SegkitError": "segkit.errors",
}

__all__ = ["AuditResult", "SegkitError", "Shop", "View", "open"]


def __getattr__(name: str) -> Any:
    """Names are loaded when first used, so that `import segkit` stays light (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'segkit' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
