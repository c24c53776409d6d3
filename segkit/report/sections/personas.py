"""The census of personas with a picture, and what to do with each."""

from typing import Any

from markupsafe import Markup

from segkit.report import blocks
from segkit.report.bind import Absent
from segkit.report.figures.personas import Pair, dumbbell, grid
from segkit.report.palette import GROUP_TOKENS
from segkit.report.sections.advice import GROUP_OF, GROUPS
from segkit.report.sections.page import Page, path, widths
from segkit.report.sections.thresholds import threshold_label, threshold_value
from segkit.report.table import Bar, Group

MOST_DISCOUNT = 3  # 0 = none, 1 = a small extra, 2 = targeted and only as a second step, 3 = may lead
CENSUS = ("people", "share", "revenue", "revenue_share", "per_head", "engaged")
READERS = ("long_lapsed_readers", "newcomers", "window_shoppers")  # in the partition known by what they read
AGES = ("recent", "lapsed", "older")
KINDS = {"often_high": "3+/high", "often_low": "3+/low", "seldom_high": "<3/high", "seldom_low": "<3/low"}
WITHHELD = ("too_few_profiles", "differs_by_too_few_profiles")  # reasons of a group whose numbers would point at a few people
GUARDS = {"opens": "guard_open_share", "unsubscribes": "guard_unsubscribe_share", "complaints": "guard_complaint_share"}


def build(page: Page) -> Markup:
    t = page.t
    return page.section(
        "personas",
        blocks.prose(t("personas.lede"), class_="lede"),
        blocks.prose(*_definitions(page)),
        _census(page, "partition", "personas.census_caption"),
        _dumbbell(page),
        _grid(page),
        *_what_to_do(page),
        _guards(page),
        _cuts(page),
        _fit(page),
        _literal(page),
    )


def _definitions(page: Page) -> list[Markup | None]:
    n = page.n
    buying = page.say(
        "personas.definitions",
        recent=page.threshold("purchase_recent_days", n.days),
        lapsed=page.threshold("purchase_lapsed_days", n.days),
        often=page.threshold("purchase_often_count", n.count),
        cut=n.money("high_value_cut.value", 2),
    )
    return [buying, page.say("personas.engaged_definition", days=page.threshold("engaged_recent_days", n.days))]


def _census(page: Page, which: str, caption: str) -> Markup:
    present = [persona for persona in GROUP_OF if persona in page.ids(f"personas.{which}") and _worth_a_row(page, persona)]
    shares = dict(zip(present, widths([page.n.percent(f"personas.{which}.{persona}.share") for persona in present]), strict=True))
    groups = []
    for group, personas in GROUPS.items():
        rows = [_row(page, which, persona, shares[persona]) for persona in personas if persona in shares]
        groups += [Group(rows, page.t(f"personas.groups.{group}"), GROUP_TOKENS[group])] if rows else []
    columns = [page.column("personas.persona", False), *(page.column(f"personas.{name}") for name in CENSUS)]
    return page.table(page.t(caption), columns, groups)


def _worth_a_row(page: Page, persona: str) -> bool:
    """A group for what is unknown is shown only when there is anyone in it."""
    return GROUP_OF[persona] != "unknown" or bool(page.n.raw(f"personas.partition.{persona}.members"))


def _row(page: Page, which: str, persona: str, width: float) -> list[Any]:
    n, at = page.n, f"personas.{which}.{persona}"
    token = GROUP_TOKENS[GROUP_OF[persona]]
    if unknown := _unknown(page, which, persona):
        return [page.t(f"persona.{persona}.title"), unknown, *[""] * (len(CENSUS) - 1)]
    numbers = [n.count(f"{at}.members"), Bar(n.percent(f"{at}.share", 1), width, token)]
    if n.raw(f"{at}.orders") == 0:
        money: list[Any] = ["", "", ""]
    else:
        money = [n.money(f"{at}.revenue"), n.percent(f"{at}.revenue_share", 1), n.money(f"{at}.value_per_head")]
    engaged = n.percent(f"{at}.engaged_share") if n.raw(f"{at}.members") != 0 else ""
    return [page.t(f"persona.{persona}.title"), *numbers, *money, engaged]


def _unknown(page: Page, which: str, persona: str) -> Absent | None:
    """Why nobody can be counted in a persona: what it depends on was not delivered, so its nought means nothing."""
    n = page.n
    if n.raw(f"personas.{which}.{persona}.members"):
        return None
    code = n.raw(f"personas.literal.{persona}.reason") or n.raw(f"personas.{which}.{persona}.reason")
    if persona in READERS:
        code = code or n.raw("capabilities.engagement.reason")
    return Absent(n.reason_text(code), page.t.absent()) if code else None


def _dumbbell(page: Page) -> Markup | None:
    t, n = page.t, page.n
    known = [
        persona
        for persona in GROUP_OF
        if n.raw(f"personas.partition.{persona}.members") and n.raw(f"personas.partition.{persona}.share") is not None
    ]
    withheld = [persona for persona in known if n.raw(f"personas.partition.{persona}.reason") in WITHHELD]
    known = [persona for persona in known if persona not in withheld]
    note = page.say("personas.dumbbell_note", least=page.threshold("smallest_group", n.count)) if withheld else None
    pairs = [_pair(page, persona) for persona in known]
    if not pairs or not any(pair.revenue for pair in pairs):
        return None
    labels = (t("personas.dumbbell_profiles"), t("personas.dumbbell_revenue"))
    return page.figure(
        "personas",
        t("personas.dumbbell_title"),
        t("personas.dumbbell_alt"),
        lambda width: dumbbell(pairs, labels, t.percent, width),
        note,
    )


def _pair(page: Page, persona: str) -> Pair:
    at, token = f"personas.partition.{persona}", GROUP_TOKENS[GROUP_OF[persona]]
    return Pair(page.t(f"persona.{persona}.title"), page.n.raw(f"{at}.share"), page.n.raw(f"{at}.revenue_share") or 0, token)


def _grid(page: Page) -> Markup | None:
    t, n = page.t, page.n
    if not any((page.result.get("grid") or {}).values()):
        return None
    numbers = [[n.count(path("grid", f"{age}/{kind}")) for kind in KINDS.values()] for age in AGES]
    rows, columns = (
        [t(f"personas.grid_rows.{age}") for age in AGES],
        [t(f"personas.grid_columns.{kind}") for kind in KINDS],
    )
    values, shown = (
        [[number.raw or 0 for number in line] for line in numbers],
        [[str(number) for number in line] for line in numbers],
    )
    head = [page.column("base.frequency", False), *(page.column(f"personas.grid_columns.{kind}") for kind in KINDS)]
    behind = page.table(t("personas.grid_title"), head, [[name, *line] for name, line in zip(rows, numbers, strict=True)])
    return page.figure(
        "grid",
        t("personas.grid_title"),
        t("personas.grid_alt"),
        lambda width: grid(rows, columns, values, shown, width),
        None,
        behind,
    )


def _what_to_do(page: Page) -> list[Markup]:
    present = [persona for persona in GROUP_OF if page.n.raw(f"personas.partition.{persona}.members")]
    cards = [_card(page, persona) for persona in present]
    return (
        [
            blocks.heading(page.t("personas.what_to_do"), "what-to-do"),
            blocks.tag("ul", *cards, class_="advice", role="list"),
        ]
        if cards
        else []
    )


def _card(page: Page, persona: str) -> Markup:
    t, at = page.t, f"personas.partition.{persona}"
    many = blocks.tag("span", page.n.count(f"{at}.members"), class_="many")
    head = blocks.tag("div", blocks.tag("h4", t(f"persona.{persona}.title")), many, class_="head")
    level = page.n.raw(f"{at}.discount")
    lines = [
        (t("personas.goal"), t(f"persona.{persona}.goal")),
        (t("personas.action"), t(f"persona.{persona}.action")),
        *([] if level is None else [(t("personas.discount"), _discount(page, level))]),
        *([(t("personas.sample"), _sample(page, at))] if page.n.raw(f"{at}.sample") is not None else []),
    ]
    rule = blocks.tag("p", t(f"persona.{persona}.rule"), class_="rule")
    return blocks.tag("li", head, rule, blocks.pairs(lines), style=f"--c:var(--{GROUP_TOKENS[GROUP_OF[persona]]})")


def _discount(page: Page, level: int) -> Markup:
    dots = [blocks.tag("i", class_="on" if step < level else None) for step in range(MOST_DISCOUNT)]
    return blocks.tag("span", *dots, class_="dots", aria_hidden="true") + page.t(f"personas.discount_levels.{level}")


def _sample(page: Page, at: str) -> Markup:
    """Whom to try a win-back on, in words that fit: a part or everyone, and whether it is known who may be mailed."""
    reach = page.n.raw(f"{at}.mailable")
    if reach == 0:
        return page.t.html("personas.sample_none")
    whole = page.n.raw(f"{at}.sample") == (page.n.raw(f"{at}.members") if reach is None else reach)
    sentence = f"personas.sample_{'all' if whole else 'some'}{'_unknown' if reach is None else ''}"
    return page.t.html(sentence, sample=page.n.count(f"{at}.sample"))


def _guards(page: Page) -> Markup:
    limits = {
        name: page.threshold(threshold, lambda where: page.n.percent(where, 2 if page.n.raw(where) < 0.01 else 0))
        for name, threshold in GUARDS.items()
    }
    body = page.say("personas.guard_body", **limits)
    proof = page.say("personas.guard_proof", mails=page.threshold("guard_complaint_proof_mails", page.n.count))
    texts = [body, proof] if body else [page.t("personas.guard_plain")]
    return blocks.callout(page.t("personas.guard_title"), *(blocks.prose(text) for text in texts if text), kind="warn")


def _cuts(page: Page) -> Markup | None:
    n, t, cut = page.n, page.t, page.result.get("high_value_cut") or {}
    if cut.get("value") is None:
        return None
    used = _cut_name(page, cut["rule"])
    first = [used, n.money("high_value_cut.value", 2), n.count("high_value_cut.above"), ""]
    others = [_cut(page, rule) for rule in ("mean", "median", "quantile") if rule != cut["rule"] and cut.get(rule)]
    columns = [
        page.column("personas.cut_rule", False),
        *(page.column(f"personas.cut_{name}") for name in ("value", "above", "change")),
    ]
    return page.table(t("personas.cut_caption"), columns, [first, *others], t.html("personas.cut_note", rule=used))


def _cut(page: Page, rule: str) -> list[Any]:
    n, at = page.n, f"high_value_cut.{rule}"
    return [_cut_name(page, rule), n.money(f"{at}.value", 2), n.count(f"{at}.above"), n.count(f"{at}.would_change")]


def _cut_name(page: Page, rule: str) -> Markup:
    if rule != "quantile":
        return page.t.html(f"personas.cut_rules.{rule}")
    return page.t.html("personas.cut_rules.quantile", share=page.threshold("high_value_quantile", page.n.percent))


def _fit(page: Page) -> Markup | None:
    names = page.ids("persona_fit.thresholds")
    if not names:
        return None
    rows = [[threshold_label(page, name), *_before_and_after(page, name)] for name in names]
    columns = [page.column("personas.fit_name", False), page.column("personas.fit_default"), page.column("personas.fit_fitted")]  # fmt: skip # noqa: E501
    note = page.say("personas.fit_note", n=page.n.count("persona_fit.would_change"))
    return page.table(page.t("personas.fit_caption"), columns, rows, note)


def _before_and_after(page: Page, name: str) -> list[Any]:
    at = f"persona_fit.thresholds.{name}"
    return [threshold_value(page, f"{at}.{part}", page.unit(name)) for part in ("current", "fitted")]


def _literal(page: Page) -> Markup | None:
    if not page.ids("personas.literal"):
        return None
    census = _census(page, "literal", "personas.literal_caption")
    return blocks.details(page.t("personas.literal_title"), blocks.prose(page.t("personas.literal_lede")), census)
