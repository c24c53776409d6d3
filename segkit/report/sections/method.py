"""Method: definitions, every threshold used with its reason, RFM cut points, and how to run it again."""

from markupsafe import Markup

from segkit.report import blocks
from segkit.report.sections.page import Page
from segkit.report.sections.thresholds import thresholds

RFM = ("recency", "frequency", "monetary")


def build(page: Page) -> Markup:
    t, result = page.t, page.result
    zone = blocks.own_words((result.get("client") or {}).get("time_zone") or t.absent(), 40)
    sentences = [
        t.html("method.as_of", time_zone=zone, as_of=page.n.date("as_of")),
        t("method.money"),
        page.say("method.intervals", confidence=page.threshold("confidence", page.n.percent)),
        t("method.privacy"),
    ]
    rerun = t.html(
        "method.rerun",
        hash=str(result.get("input_hash") or t.absent())[:16],
        version=str(result.get("segkit_version") or t.absent())[:16],
    )
    return page.section(
        "method",
        blocks.prose(t("method.lede"), class_="lede"),
        blocks.items(sentences),
        thresholds(page),
        _rfm(page),
        blocks.callout(t("method.rerun_title"), blocks.prose(rerun)),
    )


def _rfm(page: Page) -> Markup | None:
    rows = [[page.t(f"method.rfm.{part}"), cuts] for part in RFM if (cuts := _cuts(page, part))]
    columns = [page.column("method.rfm_score", False), page.column("method.rfm_cuts")]
    return page.table(page.t("method.rfm_caption"), columns, rows) if rows else None


def _cuts(page: Page, part: str) -> Markup | None:
    """The cut points of one score, from low to high."""
    write = {"recency": page.n.days, "frequency": page.n.count, "monetary": page.n.money}[part]
    names = [name for name in page.ids("rfm") if name.startswith(f"{part}_cut_")]
    known = [name for name in names if page.n.raw(f"rfm.{name}") is not None]
    return blocks.join([write(f"rfm.{name}") for name in known], " · ") if known else None
