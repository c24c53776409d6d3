"""The segments that a shop brings along: in the project's verbs, and as Klaviyo's API says the same."""

import json
from typing import Any

import pandas as pd

from segkit_generators.exports.klaviyo_events import metric_id
from segkit_generators.recipe import Recipe
from segkit_generators.segment_rules import BEFORE, BETWEEN, FLAGS, ITEMS, LAST, METRICS, OPERATORS

VERSION = 1


def segments_yaml(recipe: Recipe) -> dict[str, Any]:
    """What segments.yaml holds: the shop's own segments, without a word on which are good."""
    own = {name: {key: value for key, value in one.items() if key != "fault"} for name, one in recipe.get("segments", {}).items()}
    return {"version": VERSION, "segments": _plain(own)}


def segment_truth(recipe: Recipe) -> pd.DataFrame:
    """One row a segment: what is wrong with it (`fault`, none for good ones) and Klaviyo's definition of it as JSON."""
    own = recipe.get("segments", {})
    rows = [{"segment_id": name, "fault": one.get("fault", "none"), "klaviyo": json.dumps(klaviyo(one))} for name, one in own.items()]
    return pd.DataFrame(rows, columns=["segment_id", "fault", "klaviyo"])


def klaviyo(segment: dict[str, Any]) -> dict[str, Any]:
    """A segment as Klaviyo's API defines it: all groups hold, and of each group one condition."""
    if "any" in segment:
        return {"condition_groups": [{"conditions": [one for rule in segment["any"] for (one,) in _groups(rule)]}]}
    rules = segment.get("all") or [segment["rule"]]
    return {"condition_groups": [{"conditions": group} for rule in rules for group in _groups(rule)]}


def _groups(rule: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The groups of conditions that say one rule."""
    if "any" in rule:
        return [[one for inner in rule["any"] for (one,) in _groups(inner)]]
    if "can_receive" in rule:
        consent = {
            "channel": rule["can_receive"],
            "can_receive_marketing": True,
            "consent_status": {"subscription": "any", "filters": None},
        }
        return [[{"type": "profile-marketing-consent", "consent": consent}]]
    if "in_list" in rule:
        return [[{"type": "profile-group-membership", "is_member": True, "group_ids": [rule["in_list"]], "timeframe_filter": None}]]
    if "profile" in rule:
        return [[_property(*item)] for item in rule["profile"].items()]
    if "last" in rule:
        return _last(rule["last"], rule["was"])
    verb = next(one for one in ("did", "never", "total_value") if one in rule)
    wanted = next(((OPERATORS[name], rule[name]) for name in OPERATORS if name in rule), ("greater-than", 0))
    count = ("equals", 0) if verb == "never" else wanted
    filters = [_flag(*item) for item in rule.get("where", {}).items()] + [_item(*item) for item in rule.get("item", {}).items()]
    return [[_metric(rule[verb], count, rule.get("within", "ever"), filters, "sum" if verb == "total_value" else "count")]]


def _last(event: str, was: str) -> list[list[dict[str, Any]]]:
    """When the last event was, said as counts: some in the longer span, none in the shorter."""
    some, none = ("greater-than", 0), ("equals", 0)
    if found := LAST.fullmatch(was):
        return [[_metric(event, some, was)]]
    if found := BETWEEN.fullmatch(was):
        return [[_metric(event, some, f"last {found[2]} days")], [_metric(event, none, f"last {int(found[1]) - 1} days")]]
    found = BEFORE.fullmatch(was)
    days = found[1] if found else was
    return [[_metric(event, some, "ever")], [_metric(event, none, f"last {days} days")]]


def _flag(name: str, value: bool) -> dict[str, Any]:
    return {"property": FLAGS[name], "filter": {"type": "boolean", "operator": "equals", "value": value}}


def _item(name: str, value: str) -> dict[str, Any]:
    return {"property": ITEMS[name], "filter": {"type": "list", "operator": "contains-any", "value": [value]}}


def _metric(
    event: str, count: tuple[str, float], within: str, filters: list[dict[str, Any]] | None = None, of: str = "count"
) -> dict[str, Any]:
    found = LAST.fullmatch(within)
    frame = {"operator": "in-the-last", "unit": "day", "quantity": int(found[1])} if found else {"operator": "alltime"}
    return {
        "type": "profile-metric", "metric_id": metric_id(METRICS[event]), "measurement": of,
        "measurement_filter": {"type": "numeric", "operator": count[0], "value": count[1]},
        "timeframe_filter": {"type": "date", **frame}, "metric_filters": filters or None,
    }  # fmt: skip


def _property(name: str, value: str) -> dict[str, Any]:
    spelled = {"country": "properties['$country']", "gender": "properties['Gender']"}[name]
    return {"type": "profile-property", "property": spelled, "filter": {"type": "string", "operator": "equals", "value": value}}


def _plain(value: Any) -> Any:
    """Mappings and lists that any YAML writer knows."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value
