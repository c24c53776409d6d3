"""Synthetic shops beside real ones: how people buy in both, as a table and a picture.

    python benchmarks/realism.py "Online Retail=FILE,data/mappings/online_retail.yaml" "giftware=FOLDER" --picture OUT.png

Each argument is NAME=PATH[,MAPPING], opened as any delivery; the first is the real shop. Printed is a Markdown table of
the measures, one row each with the ratio synthetic / real. Only purchases of named customers count.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

import segkit

LINE_COLOURS = ("#16202a", "#0c6b58", "#b8790a", "#3a6ea8")
COHORT_MONTHS = 12
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def purchases(argument: str) -> tuple[str, pd.DataFrame]:
    """Name of the shop, and one row an order of a named customer: profile_id, at, on, value, lines."""
    name, _, place = argument.partition("=")
    path, _, mapping = place.partition(",")
    shop = segkit.open(path, mapping=mapping or None)
    orders = pd.read_parquet(shop.store.folder / "orders.parquet")
    orders = orders[orders["counts_as_purchase"] & orders["profile_id"].notna()]
    items = pd.read_parquet(shop.store.folder / "order_items.parquet", columns=["order_id", "line_type"])
    lines = items[items["line_type"].fillna("product") == "product"].groupby("order_id").size()
    zone = shop.client.time_zone
    found = pd.DataFrame({
        "profile_id": orders["profile_id"], "order_id": orders["order_id"], "on": pd.to_datetime(orders["ordered_on"]),
        "hour": pd.to_datetime(orders["ordered_at"]).dt.tz_localize("UTC").dt.tz_convert(zone).dt.hour,
        "value": orders["total_base"].astype(float),
    })  # fmt: skip
    found["lines"] = found["order_id"].map(lines)
    return name, found[found["value"] > 0].sort_values(["profile_id", "on"], ignore_index=True)


def gaps(orders: pd.DataFrame) -> pd.Series:
    """Days between the order days of one customer that follow each other."""
    days = orders.drop_duplicates(["profile_id", "on"])
    return days.groupby("profile_id")["on"].diff().dt.days.dropna()


def cohort_curve(orders: pd.DataFrame) -> pd.Series:
    """Of those whose first order fell in the first half of the history: the share that orders in the k-th month after it."""
    month = orders["on"].dt.year * 12 + orders["on"].dt.month
    first = month.groupby(orders["profile_id"]).transform("min")
    age, last = month - first, month.max()
    seen = first <= last - (last - month.min()) // 2
    size = orders.loc[seen, "profile_id"].nunique()
    months = range(1, min(COHORT_MONTHS, (last - month.min()) // 2) + 1)
    return pd.Series({k: orders.loc[seen & (age == k), "profile_id"].nunique() / size for k in months})


def gini(values: pd.Series) -> float:
    ordered = np.sort(values.to_numpy())
    ranks = np.arange(1, len(ordered) + 1)
    return float((2 * ranks - len(ordered) - 1) @ ordered / (len(ordered) * ordered.sum()))


def measures(orders: pd.DataFrame) -> dict[str, float]:
    """Every number of the table, by its name there."""
    per_buyer, spent = orders.groupby("profile_id").size(), orders.groupby("profile_id")["value"].sum().sort_values()
    between, value, basket = gaps(orders), orders["value"], orders["lines"].dropna()
    weekday = orders["on"].dt.day_of_week.value_counts(normalize=True)
    curve = cohort_curve(orders)
    return {
        "buyers": len(per_buyer), "orders a buyer, mean": per_buyer.mean(), "buyers who came back": (per_buyer > 1).mean(),
        "gap in days, 1st quartile": between.quantile(0.25), "gap in days, median": between.median(),
        "gap in days, 3rd quartile": between.quantile(0.75),
        "order value, mean / median": value.mean() / value.median(), "order value, 90th percentile / median": value.quantile(0.9) / value.median(),
        "spread of log order value": np.log(value).std(),
        "product lines an order, median": basket.median() if len(basket) else np.nan,
        "revenue of the top tenth of buyers": spent.tail(-(-len(spent) // 10)).sum() / spent.sum(), "Gini of spend": gini(spent),
        "busiest weekday, share": weekday.max(), "quietest weekday, share": weekday.reindex(range(7), fill_value=0).min(),
        "orders between 9 and 17": orders["hour"].between(9, 16).mean() if orders["hour"].nunique() > 1 else np.nan,
        "cohort that orders in month 1": curve.get(1, np.nan), "cohort that orders in month 6": curve.get(6, np.nan),
    }  # fmt: skip


def table(shops: dict[str, pd.DataFrame]) -> str:
    """The measures of each shop as Markdown, with the ratio to the first."""
    found = pd.DataFrame({name: measures(orders) for name, orders in shops.items()})
    real = found.columns[0]
    head = "".join(f" {name} |" if name == real else f" {name} | ratio |" for name in found)
    rows = [f"| |{head}", "|---|" + "---|" * (2 * len(found.columns) - 1)]
    for measure, row in found.iterrows():
        cells = [
            f" {row[name]:.3g} |" if name == real else f" {row[name]:.3g} | {row[name] / row[real] if row[real] else np.nan:.2f} |"
            for name in found
        ]
        rows.append(f"| {measure} |{''.join(cells).replace('nan', '-')}")
    return "\n".join(rows)


def picture(shops: dict[str, pd.DataFrame], file: Path) -> None:
    """Six small charts with a line for each shop."""
    from matplotlib.figure import Figure

    from segkit.report.theme import style

    with style():
        figure = Figure(figsize=(14, 8.4), layout="constrained", facecolor="white")
        charts = figure.subplots(2, 3).ravel()
        for (name, orders), colour in zip(shops.items(), LINE_COLOURS, strict=False):
            kind = {"color": colour, "label": name, "linewidth": 2}
            _cumulative(charts[0], gaps(orders), kind)
            _cumulative(charts[1], orders["value"] / orders["value"].median(), kind)
            spent = np.sort(orders.groupby("profile_id")["value"].sum())[::-1]
            charts[2].plot(np.linspace(0, 1, len(spent)), np.cumsum(spent) / spent.sum(), **kind)
            week = orders["on"].dt.day_of_week.value_counts(normalize=True).reindex(range(7), fill_value=0)
            charts[3].plot(WEEKDAYS, week, **kind)
            if orders["hour"].nunique() > 1:
                charts[4].plot(orders["hour"].value_counts(normalize=True).reindex(range(24), fill_value=0), **kind)
            charts[5].plot(cohort_curve(orders), **kind)
        titles = ("days between orders, cumulative", "order value / median, cumulative", "revenue, biggest buyers first",
                  "orders by weekday", "orders by local hour", "cohort: share ordering in month k")  # fmt: skip
        for chart, title in zip(charts, titles, strict=True):
            chart.set_title(title, loc="left", fontsize=13)
            chart.grid(True, axis="y")
        charts[0].legend(frameon=False)
        figure.savefig(file, dpi=72, metadata={"Software": None})


def _cumulative(chart, values: pd.Series, kind: dict) -> None:
    ordered = np.sort(values.to_numpy())
    chart.plot(ordered, np.linspace(0, 1, len(ordered)), **kind)
    chart.set_xscale("log")
    chart.xaxis.set_major_formatter("{x:g}")
    chart.set_xlim(*np.quantile(ordered, [0.005, 0.999]).clip(0.05))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("shops", nargs="+", metavar="NAME=PATH[,MAPPING]", help="the real shop first")
    parser.add_argument("--picture", type=Path, help="also draw, as PNG")
    options = parser.parse_args()
    shops = dict(purchases(argument) for argument in options.shops)
    print(table(shops))
    if options.picture:
        picture(shops, options.picture)


if __name__ == "__main__":
    main()
