"""Data health: what was delivered, what happened to every row, what cannot be said."""

from datetime import date
from typing import Any

from markupsafe import Markup

from segkit.report import blocks
from segkit.report.bind import Absent
from segkit.report.figures.base import Span, timeline
from segkit.report.sections.page import Page
from segkit.report.table import Column

KIND_LENGTH = 160
VERDICTS = ("kept", "mended", "set_aside", "refused")


def build(page: Page) -> Markup:
    return page.section(
        "data",
        blocks.prose(*_lede(page), class_="lede"),
        _cannot(page),
        _timeline(page),
        _coverage(page),
        *_receipts(page),
        _facts(page),
    )


def _lede(page: Page) -> list[Markup | str | None]:
    n, t = page.n, page.t
    as_of = n.date("as_of")
    window = page.say("data.lede", start=n.date("window.first_order_on"), end=n.date("window.last_order_on"), as_of=as_of)
    if window is None:
        return [page.say("data.lede_no_orders", as_of=as_of)]
    return [window, _gap(page), _after(page), _currency(page), t("data.new_caveat")]


def _after(page: Page) -> Markup | str | None:
    rows = page.n.count("window.rows_after")
    return page.say("data.after", rows=rows) if rows.raw else None


def _currency(page: Page) -> str:
    """Which currency the report is in, and on whose word: a wrong one makes every amount wrong."""
    client = page.result["client"]
    return page.t(f"data.currency_{client['currency_basis']}", currency=client["currency"])


def _gap(page: Page) -> Markup | str | None:
    days = page.n.days("window.gap_days")
    if isinstance(days, Absent):
        return page.t("data.gap_unknown")
    return page.say("data.gap", days=days) if days.raw > 0 else page.t("data.gap_none")


def _cannot(page: Page) -> Markup | None:
    capabilities = page.result.get("capabilities") or {}
    lines = [
        blocks.join(
            [
                blocks.tag("strong", page.t(f"data.capabilities.{name}") + "."),
                page.n.reason_text(item.get("reason") or "unknown"),
            ],
            " ",
        )
        for name, item in capabilities.items()
        if item.get("status") == "not_computable"
    ]
    return blocks.callout(page.t("data.cannot_title"), blocks.items(lines), kind="unknown") if lines else None


def _timeline(page: Page) -> Markup | None:
    t = page.t
    spans = [
        Span(_table_name(page, row["table"]), date.fromisoformat(row["from"][:10]), date.fromisoformat(row["to"][:10]))
        for row in page.result.get("coverage") or []
        if row.get("from") and row.get("to")
    ]
    if not spans:
        return None
    as_of = date.fromisoformat(page.result["as_of"][:10])
    alt = t("data.timeline_alt", as_of=t.date(as_of))
    return page.figure(
        "timeline",
        t("data.timeline_title"),
        alt,
        lambda width: timeline(spans, as_of, t("data.timeline_as_of"), lambda day: t.date(day, "MMM y"), width),
    )


def _table_name(page: Page, name: str) -> str:
    return page.t(f"tables.{name}") if page.t.has(f"tables.{name}") else name


def _coverage(page: Page) -> Markup:
    n, rows = page.n, []
    for place, row in enumerate(page.result.get("coverage") or []):
        at = f"coverage.{place}"
        status = page.t(f"status.{row['status']}")
        rows.append(
            [
                _table_name(page, row["table"]),
                n.count(f"{at}.rows") if row["rows"] else page.t.absent(),
                *(n.date(f"{at}.{end}", "d MMM y") if row.get(end) else "" for end in ("from", "to")),
                _status(page, row, status),
            ]
        )
    columns = [
        page.column("data.table", False),
        page.column("data.rows"),
        page.column("data.from"),
        page.column("data.to"),
        page.column("data.status", False),
    ]
    return page.table(page.t("data.coverage_caption"), columns, rows)


def _status(page: Page, row: dict[str, Any], status: str) -> Markup:
    reason = row.get("reason") if row["status"] == "vendor_aggregates" else None
    return blocks.tag("span", status, class_=f"state {row['status']}") + (
        blocks.tag("span", page.n.reason_text(reason), class_="why") if reason else ""
    )


def _receipts(page: Page) -> list[Markup | None]:
    t, sources = page.t, page.result.get("sources") or []
    if not sources:
        return []
    columns = [page.column("data.file", False), *(page.column(f"data.{name}") for name in ("read", *VERDICTS))]
    rows = [_receipt(page, place, source) for place, source in enumerate(sources)]
    return [
        page.table(t("data.receipts_caption"), columns, rows, t("data.receipts_note")),
        _details(page, "data.kinds_title", _kinds(page)),
        _details(page, "data.how_read", _how_read(page)),
    ]


def _details(page: Page, title: str, table: Markup | None) -> Markup | None:
    return None if table is None else blocks.details(page.t(title), table)


def _receipt(page: Page, place: int, source: dict[str, Any]) -> list[Any]:
    state = source.get("status", "read")
    reason = source.get("reason")
    told = page.t(f"file_status.{state}") + (": " + page.n.reason_text(reason) if reason else "")
    under = source.get("reader") if state == "read" else told
    name = blocks.own_words(source.get("file", "")) + blocks.tag("span", blocks.own_words(under or ""), class_="why")
    return [name, *(page.n.count(f"sources.{place}.{part}") for part in ("rows_read", *VERDICTS))]


def _kinds(page: Page) -> Markup | None:
    rows = [
        _kind(page, source, kind, f"sources.{place}.kinds.{number}.rows")
        for place, source in enumerate(page.result["sources"])
        for number, kind in enumerate(source.get("kinds") or [])
        if kind["kind"] or kind["verdict"] != "kept"
    ]
    columns = [page.column(f"data.{name}", False) for name in ("kind", "file", "verdict")]
    return page.table(page.t("data.kinds_caption"), [*columns, page.column("data.rows")], rows) if rows else None


def _kind(page: Page, source: dict[str, Any], kind: dict[str, Any], rows: str) -> list[Any]:
    name = _refused(page, kind) if kind["verdict"] == "refused" else blocks.own_words(_kind_name(page, kind["kind"] or "rows"), KIND_LENGTH)
    return [name, blocks.own_words(source["file"]), page.t(f"verdicts.{kind['verdict']}"), page.n.count(rows)]


def _refused(page: Page, kind: dict[str, Any]) -> Markup:
    return page.t.html(f"refusals.{kind['kind']}", column=blocks.own_words(kind["column"] or "", KIND_LENGTH))


def _kind_name(page: Page, code: str) -> str:
    return page.t(f"kinds.{code}") if page.t.has(f"kinds.{code}") else code.replace("_", " ")


def _how_read(page: Page) -> Markup | None:
    parts = ("encoding", "delimiter", "decimal_mark", "date_order")
    rows = [
        [
            blocks.own_words(source["file"]),
            page.t.html("data.how_read_line", **{part: blocks.own_words(_visible(source.get(part)), 20) for part in parts}),
        ]
        for source in page.result["sources"]
        if source.get("encoding")
    ]
    return page.table(page.t("data.how_read"), [page.column("data.file", False), Column(page.t("data.reading"))], rows) if rows else None


def _visible(character: Any) -> str:
    return {"\t": "tab", None: "–", "": "–"}.get(character, str(character))


def _facts(page: Page) -> Markup:
    n = page.n
    lines = [
        ("guest_orders", n.count("counts.guest_orders"), n.money("counts.guest_revenue")),
        ("linked_refunds", "", n.money("counts.linked_refund_amount")),
        ("other_refunds", "", n.money("counts.other_refund_amount")),
        ("unlinked_refunds", n.count("counts.unlinked_refunds"), n.money("counts.unlinked_refund_amount")),
        ("duplicate_rows", n.count("counts.duplicate_rows"), ""),
    ]
    rows = [[page.t(f"data.{name}"), count, amount, page.t(f"data.{name}_how")] for name, count, amount in lines]
    columns = [
        page.column("data.fact", False),
        page.column("data.count"),
        page.column("data.amount"),
        page.column("data.treatment", False),
    ]
    return page.table(page.t("data.facts_caption"), columns, rows)
