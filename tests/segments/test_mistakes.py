"""A mistake in segments.yaml is told in one line with its place, and with what to do."""

from pathlib import Path

import pytest

from segkit.errors import SegmentError
from segkit.segments.definition import load
from segkit.settings import default_settings

HEAD = "version: 1\n"


def one(rule: str) -> str:
    return f"{HEAD}segments:\n  a:\n    {rule}\n"


def told(text: str | bytes, folder: Path) -> SegmentError:
    file = folder / "segments.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SegmentError) as caught:
        load(file, default_settings())
    return caught.value


MISTAKES = {  # what is wrong: (the file, what the first line names, what the cure names)
    "unknown verb": (one("rule: {bought: placed_order}"), "segments.a.rule: no verb", "Allowed: after"),
    "near verb": (one("rule: {nevr: placed_order}"), "no verb in {'nevr'", "Did you mean never"),
    "two verbs": (one("rule: {did: placed_order, never: opened_email}"), "did and never are two verbs", "under all: or any:"),
    "unknown key": (one("rule: {did: placed_order, withn: last 30 days}"), "segments.a.rule: unknown key 'withn'", "within"),
    "unknown event": (one("rule: {did: place_order}"), "segments.a.rule.did: unknown event 'place_order'", "placed_order"),
    "Dutch window": (one("rule: {did: placed_order, within: afgelopen 30 dagen}"), "segments.a.rule.within: 'afgelopen 30 dagen' is not a window", "'last 30 days'"),
    "months": (one("rule: {did: placed_order, within: last 4 months}"), "'last 4 months' is not a window", "no months"),
    "backwards": (one("rule: {last: placed_order, was: between 180 and 90 days ago}"), "segments.a.rule.was: 'between 180 and 90 days ago' runs backwards", "between 90 and 180"),
    "date as window": (one("rule: {did: placed_order, within: 2026-01-01}"), "segments.a.rule.within: 2026-01-01 is a day, not a window", "since 2026-01-01"),
    "text as window": (one("rule: {did: placed_order, within: '2026-01-01'}"), "'2026-01-01' is not a window", "since 2026-01-01"),
    "no such day": (one("rule: {did: placed_order, within: since 2026-02-30}"), "2026-02-30 is not a day", "YYYY-MM-DD"),
    "future": (one("rule: {did: placed_order, within: next 7 days}"), "has not happened yet", "birthday"),
    "yes as flag": (one("rule: {did: clicked_email, where: {bot_click: no}}"), "segments.a.rule.where.bot_click: 'no' is not true or false", "without quotes"),
    "no is not Norway": (one("rule: {profile: {country: no}}"), "segments.a.rule.profile.country: 'no' is no country", "such as NO"),
    "name of a country": (one("rule: {profile: {country: [NL, Belgium]}}"), "country[1]: 'Belgium' is no country", "ISO 3166"),
    "fewer than never": (one("rule: {did: placed_order, at_least: -1}"), "-1 is not a whole number of times", "such as 3"),
    "factor too fine": (one("rule: {average_value: placed_order, more_than: 0.0004 x shop average order value}"), "cannot be compared exactly", "three decimals"),
    "NO is Norway": (one("rule: {profile: {country: true}}"), "segments.a.rule.profile.country: True is not text", "in quotes"),
    "date as text": (one("rule: {profile: {city: 2026-01-01}}"), "segments.a.rule.profile.city", "in quotes"),
    "number as text": (one("rule: {did: placed_order, at_least: veel}"), "segments.a.rule.at_least: 'veel' is not a number", "such as 3"),
    "half a time": (one("rule: {did: placed_order, at_least: 2.5}"), "2.5 is not a whole number of times", "whole number"),
    "two amounts": (one("rule: {did: placed_order, at_least: 2, at_most: 4}"), "at_least and at_most cannot both be here", "joined by all:"),
    "no amount": (one("rule: {total_value: placed_order}"), "segments.a.rule lacks an amount", "at_least: 100"),
    "comma": (one("rule: {total_value: placed_order, more_than: '12,50'}"), "'12,50' is not a number", "with a point"),
    "tests nothing": (one("rule: {profile: {country: {}}}"), "segments.a.rule.profile.country: {} tests nothing", "is"),
    "beyond": (one("rule: {total_value: placed_order, more_than: 1e16}"), "segments.a.rule.more_than: '1E+16' is beyond any amount", "at most"),
    "hangs a naive reader": (one("rule: {total_value: placed_order, more_than: '1e999999999'}"), "is beyond any amount", "at most"),
    "decimals": (one("rule: {total_value: placed_order, more_than: 0.12345678901234567}"), "has too many decimals", "16 decimals"),
    "infinity": (one("rule: {total_value: placed_order, more_than: .inf}"), "segments.a.rule.more_than: inf is no amount", "such as 3"),
    "infinity by size": (one("rule: {total_value: placed_order, at_most: 1e400}"), "segments.a.rule.at_most: inf is no amount", "at most 1000"),
    "infinity as text": (one("rule: {did: placed_order, item: {price: {less_than: inf}}}"), "segments.a.rule.item.price.less_than: inf is no amount", "such as 3"),
    "a percentage as chance": (one("rule: {score: churn_90d, more_than: 66}"), "segments.a.rule.more_than: 66 is no chance", "0.66"),
    "less than no chance": (one("rule: {score: click_30d, at_least: -0.1}"), "-0.1 is no chance", "from 0 to 1"),
    "no number": (one("rule: {score: churn, more_than: .nan}"), "segments.a.rule.more_than: nan is no amount", "such as 3"),
    "a share without end": (one("rule: {top: 1e400, of: placed_order}"), "segments.a.rule.top: inf is no amount", "such as 3"),
    "a distance without end": (one("rule: {near: [51, 4], km: 1e400}"), "segments.a.rule.km: inf is no amount", "such as 3"),
    "a parameter without end": ("version: 1\nparameters: {often: 1e400}\nsegments: {a: {rule: {did: placed_order}}}\n", "parameters.often: inf is no amount", "such as 3"),
    "null": (one("rule: {profile: {country: null}}"), "segments.a.rule.profile.country: null is no value", "country: {known: false}"),
    "null in a list": (one("rule: {profile: {country: [NL, null]}}"), "segments.a.rule.profile.country[1]: null is no value", "country: {known: false}"),
    "null of a line": (one("rule: {did: placed_order, item: {brand: {is_not: }}}"), "segments.a.rule.item.brand.is_not: null is no value", "brand: {known: false}"),
    "list without a name": (one("rule: {in_list: }"), "segments.a.rule.in_list is empty", "value to look for"),
    "centuries": (one("rule: {after: added_to_cart, followed_by: placed_order, days: 40000}"), "segments.a.rule.days: '40000 days' is longer than a century", "days"),
    "end of the calendar": (one("rule: {did: placed_order, within: before 0001-01-01}"), "0001-01-01 is at the end of the calendar", "since"),
    "half a character": (one('rule: {profile: {city: "a\\ud800"}}'), "segments.a.rule.profile.city: 'a\\ud800' holds a character", "anew"),
    "shared": (one("rule: {after: received_email, followed_by: opened_email, where_next: {same: 1}, days: 1}"), "segments.a.rule.where_next.same: unknown shared property '1'", "campaign"),
    "nothing shared": (one("rule: {after: received_email, followed_by: placed_order, where_next: {same: campaign}, days: 1}"), "segments.a.rule.where_next.same: received_email and placed_order have no property in common", "Leave same: out"),
    "a figure of times": (one("rule: {did: placed_order, more_than: shop average order value}"), "segments.a.rule.more_than: 'shop average order value' is not a whole number", "such as 3"),
    "nothing said": (one("rule:"), "segments.a.rule: None is no condition", "Write a verb"),
    "nothing done": (one("rule: {did: }"), "segments.a.rule.did", "placed_order"),
    "no window": (one("rule: {did: placed_order, within: }"), "segments.a.rule.within: None is not a window", "'ever'"),
    "list of events of two kinds": (one("rule: {did: [placed_order, opened_email]}"), "segments.a.rule.did: opened_email and placed_order cannot", "any:"),
    "an alias of itself": (one("rule: &x {not: *x}"), "segments: nested deeper than 40", "in_segment:"),
    "aliases that multiply": (one("rule: {any: [&a {any: [{did: placed_order}]}, " + "".join(f"&{new} {{any: [{', '.join([f'*{old}'] * 9)}]}}, " for old, new in zip("abcdefg", "bcdefgh", strict=True)) + "]}"), "more than 100000 parts", "in_segment:"),
    "figure": (one("rule: {average_value: placed_order, more_than: shop averge}"), "no figure of the shop", "shop average order value"),
    "share": (one("rule: {top: 110%, by: total_value, of: placed_order}"), "segments.a.rule.top: 110% is not a share", "10% or 0.1"),
    "measure": (one("rule: {top: 10%, by: revenue, of: placed_order}"), "segments.a.rule.by: unknown measure 'revenue'", "total_value"),
    "worthless": (one("rule: {total_value: opened_email, more_than: 3}"), "opened_email has no value", "placed_order"),
    "no lines": (one("rule: {did: opened_email, item: {brand: Nike}}"), "segments.a.rule.item: opened_email has no lines", "where:"),
    "property": (one("rule: {did: placed_order, item: {brnd: Nike}}"), "segments.a.rule.item.brnd: unknown property 'brnd'", "brand"),
    "operator": (one("rule: {did: placed_order, item: {brand: {like: N}}}"), "unknown operator 'like'", "contains"),
    "empty list": (one("all: []"), "segments.a.all: [] is no list of conditions", "- "),
    "no list": (one("all: {did: placed_order}"), "segments.a.all", "- "),
    "beside a group": (one("all: [{did: placed_order}]\n    within: last 3 days"), "segments.a: unknown key 'within'", "rule"),
    "inside a group": (one("all: [{any: [{did: placed_order}], within: last 3 days}]"), "segments.a.all[0]: any stands beside 'within'", "under any:"),
    "two rules": (one("rule: {did: placed_order}\n    any: [{did: opened_email}]"), "rule and any stand beside each other", "one of"),
    "no rule": (one("title: Kopers"), "segments.a has no rule", "rule: {...}"),
    "every without a test": (one("rule: {every: placed_order}"), "must pass some test", "item:"),
    "last without a test": (one("rule: {last: placed_order}"), "must be tested", "was:"),
    "follow": (one("rule: {after: added_to_cart, followed_by: placed_order}"), "must say within which time", "days: 1"),
    "channel": (one("rule: {can_receive: fax}"), "unknown channel 'fax'", "email"),
    "birthday": (one("rule: {date: birthday, is: ever}"), "a birthday returns each year", "next 7 days"),
    "circle": (f"{HEAD}segments:\n  a: {{rule: {{in_segment: b}}}}\n  b: {{rule: {{not_in_segment: a}}}}\n", "a -> b -> a is a circle", "Leave one of them out"),
    "itself": (one("rule: {in_segment: a}"), "a -> a is a circle", "Leave"),
    "unknown segment": (one("rule: {in_segment: bb}"), "unknown segment 'bb'", "Allowed"),
    "parameter": (one("rule: {did: placed_order, at_least: $oftn}"), "segments.a.rule.at_least: unknown parameter $oftn", "parameters:"),
    "blank as segment": (f"{HEAD}segments:\n  a: {{rule: {{in_segment: b}}}}\n  b: {{blanks: {{x: brand}}, rule: {{every: placed_order, item: {{brand: $x}}}}}}\n", "b has blanks", "filled-in"),
    "unused blank": (one("blanks: {x: brand}\n    rule: {did: placed_order}"), "segments.a.blanks.x is not used", "$x"),
    "goal": (one("goal: winback\n    rule: {did: placed_order}"), "segments.a.goal: unknown goal 'winback'", "win_back"),
    "id": (f"{HEAD}segments:\n  Mijn segment: {{rule: {{did: placed_order}}}}\n", "'Mijn segment' is no id", "underscores"),
    "sample": (one("sample: {share: 0}\n    rule: {did: placed_order}"), "segments.a.sample.share: 0 is not a share", "10%"),
    "version": ("version: 2\nsegments: {a: {rule: {did: placed_order}}}\n", "version: 2 is unknown", "version: 1"),
    "top level": (f"{HEAD}segment: {{}}\n", "unknown key 'segment'", "segments"),
    "nothing": (f"{HEAD}segments: {{}}\n", "segments: holds nothing", "Add one"),
    "empty file": ("", "holds no segments", "version: 1"),
    "a list": ("- a\n- b\n", "holds no segments", "version: 1"),
    "double key": (f"{HEAD}segments:\n  a: {{rule: {{did: placed_order}}}}\n  a: {{rule: {{did: opened_email}}}}\n", "line", "Mend"),
    "syntax": (f"{HEAD}segments:\n\ta: 1\n", "line", "Mend"),
    "not UTF-8": ("version: 1\nsegments: {a: {title: 'caf\xe9'}}".encode("latin-1"), "not UTF-8", "UTF-8"),
    "deep": (one("rule: " + "{not: " * 60 + "{did: placed_order}" + "}" * 60), "nested deeper than 40", "in_segment:"),
    "deeper than any reader": (one("rule: " + "{not: " * 10_000 + "{did: placed_order}" + "}" * 10_000), "nested", "in_segment:"),
}  # fmt: skip


@pytest.mark.parametrize("kind", MISTAKES)
def test_a_mistake_names_its_place_and_its_cure(kind: str, tmp_path: Path) -> None:
    text, place, cure = MISTAKES[kind]
    error = told(text, tmp_path)
    assert error.problem.startswith("segments.yaml")
    assert place in error.problem
    assert "\n" not in error.problem + error.todo
    assert cure in error.todo


def test_norway_is_a_country(tmp_path: Path) -> None:
    (tmp_path / "segments.yaml").write_text(one("rule: {profile: {country: NO}}"), encoding="utf-8")
    assert load(tmp_path / "segments.yaml", default_settings())["a"].condition.test.value == "NO"  # type: ignore[union-attr]
