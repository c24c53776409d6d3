"""The parameters of the audit notebook, checked by name and type before anything runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from segkit.clock import AsOf
from segkit.errors import ParameterError
from segkit.notebook.places import nearest
from segkit.settings import suggestion

if TYPE_CHECKING:
    from segkit.audit import AuditResult
    from segkit.shop import Shop


class AuditParameters(BaseModel):
    """What one audit needs: path, as_of and lang; and where its files go, which mapping, and the name on the cover."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    path: str
    as_of: str
    lang: Literal["nl", "en"] = "nl"
    out: str = ""
    mapping: str = ""
    name: str = ""

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise _explained(error) from None

    @field_validator("path", "as_of", "out", "mapping", "name")
    @classmethod
    def _one_line(cls, value: str) -> str:
        if "\n" in value or "\r" in value:
            raise ValueError("must be one line")
        return value.strip()

    @field_validator("as_of")
    @classmethod
    def _a_date(cls, value: str) -> str:
        AsOf.parse(value, "UTC")
        return value

    def open(self) -> Shop:
        """The shop at `path`, from the notebook's folder or one above it; refused rows of a client folder go there, others beside `out`."""
        from segkit import shop as shops  # heavy, and only the notebook's own process needs it

        path, mapping = (nearest(one) or Path(one) for one in (self.path, self.mapping))
        return shops.open(path, mapping=mapping if self.mapping else None, name=self.name or None, quarantine=self._quarantine(path))

    def _quarantine(self, path: Path) -> Path | None:
        """Never in the report's own folder: refused rows hold addresses, and that folder goes to the client."""
        out = Path(self.out).resolve()
        return out.with_name(f"{out.name}.quarantine") if self.out and not (path / "deliveries").is_dir() else None

    def save(self, result: AuditResult) -> None:
        """Write result.json to `out`, when that was given."""
        if self.out:
            result.save(self.out)


def _explained(error: ValidationError) -> ParameterError:
    first = error.errors()[0]
    name = str(first["loc"][0])
    if first["type"] == "extra_forbidden":
        return ParameterError(f"The audit has no parameter {name!r}.", suggestion(name, AuditParameters.model_fields))
    given = f" (given: {first['input']!r})" if first["type"] != "missing" else ""
    return ParameterError(f"The parameter {name}: {first['msg']}{given}.", "Mend it; dates are written YYYY-MM-DD, lang is nl or en.")
