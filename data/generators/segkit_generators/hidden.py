"""The hidden state of every customer: what the shop never sees and the answer key writes down."""

import numpy as np
import pandas as pd

from segkit_generators.moments import DAY, HOUR
from segkit_generators.recipe import Recipe
from segkit_generators.season import Calendar
from segkit_generators.streams import LEAST, Bools, Floats, Ints, Streams, choose

SOURCES = ("checkout", "popup", "footer_form", "counter", "landing_page")


def make_hidden(recipe: Recipe, people: pd.DataFrame, calendar: Calendar, streams: Streams) -> pd.DataFrame:
    """One row a customer. Each column has a stream of its own, so the first n of a bigger shop are the same."""
    types = recipe["lifecycles"]
    kind = choose(streams("lifecycle"), [entry["share"] for entry in types.values()], len(people))
    hidden = pd.DataFrame({"lifecycle": np.array(list(types))[kind]})
    of_type = pd.DataFrame(list(types.values())).iloc[kind].reset_index(drop=True)
    _buying(hidden, of_type, recipe, people, streams)
    _reading(hidden, of_type, recipe, people, streams)
    _visiting(hidden, of_type, recipe, streams)
    hidden["source"] = _sources(recipe, hidden["buys"].to_numpy(), streams)
    hidden["joined_day"] = _joined_days(recipe, hidden["source"] == "landing_page", calendar, groups(recipe, people, calendar), streams)
    hidden["joined_at"] = _joined_at(hidden["joined_day"].to_numpy(), calendar, streams)
    return hidden


def affinities(hidden: pd.DataFrame, recipe: Recipe) -> Floats:
    """The matrix of category affinities, one row a customer, rows adding up to 1."""
    return hidden[[f"affinity_{category}" for category in recipe["category_base"]]].to_numpy()


def brands(recipe: Recipe) -> list[str]:
    """The brands of the catalogue, in its order."""
    return list(dict.fromkeys(product.get("brand", recipe["house_brand"]) for product in recipe["products"].values()))


def groups(recipe: Recipe, people: pd.DataFrame, calendar: Calendar) -> Ints:
    """The row of the season in which each customer lives."""
    return np.array([calendar.group(entry["code"]) for entry in recipe["countries"]])[people["country"]]


def _buying(hidden: pd.DataFrame, of_type: pd.DataFrame, recipe: Recipe, people: pd.DataFrame, streams: Streams) -> None:
    size, shape = len(hidden), recipe["purchase_rate_shape"]
    hidden["buys"] = of_type["purchase_rate_30d"] > 0
    hidden["purchase_rate"] = of_type["purchase_rate_30d"] / 30 / shape * streams("rate").gamma(shape, size=size)
    hidden["dropout_after_days"] = of_type["dropout_days"] * streams("dropout").exponential(size=size)
    sigma = recipe["order_scale_sigma"]
    scale = np.exp(sigma * streams("scale").standard_normal(size) - sigma**2 / 2)
    hidden["order_scale"] = scale * np.where(people["is_business"], recipe["business_order_scale"], 1.0)
    base = np.array(list(recipe["category_base"].values()))
    raw = np.maximum(streams("affinity").gamma(recipe["affinity_concentration"] * base / base.mean(), size=(size, len(base))), LEAST)
    if "category_sex" in recipe:
        raw = raw * _own_sex(recipe, people["is_male"].to_numpy())
    for position, category in enumerate(recipe["category_base"]):
        hidden[f"affinity_{category}"] = raw[:, position] / raw.sum(axis=1)

    if "brand_concentration" in recipe:
        _brands(hidden, recipe, streams)
    if "returns" in recipe:
        spread = recipe["returns"]["spread"]
        hidden["return_factor"] = np.exp(spread * streams("return factor").standard_normal(size) - spread**2 / 2)


def _own_sex(recipe: Recipe, is_male: Bools) -> Floats:
    """How much more each category is wanted by whom it is made for, one row a customer."""
    lift = np.ones((len(is_male), len(recipe["category_base"])))
    for position, category in enumerate(recipe["category_base"]):
        sex = recipe["category_sex"].get(category)
        lift[:, position] = np.where(is_male == (sex == "male"), recipe.get("sex_lift", 1.0), 1.0) if sex else 1.0
    return lift


def _brands(hidden: pd.DataFrame, recipe: Recipe, streams: Streams) -> None:
    names = brands(recipe)
    raw = np.maximum(streams("brands").gamma(recipe["brand_concentration"], size=(len(hidden), len(names))), LEAST)
    for position, brand in enumerate(names):
        hidden[f"brand_affinity_{brand}"] = raw[:, position] / raw.sum(axis=1)


def _reading(hidden: pd.DataFrame, of_type: pd.DataFrame, recipe: Recipe, people: pd.DataFrame, streams: Streams) -> None:
    size, rates, weight = len(hidden), recipe["reaction"], recipe["propensity_weight"]
    for name in ("open", "click"):
        hidden[f"{name}_propensity"] = _around(streams(f"{name} propensity"), of_type[name].to_numpy(dtype=float), weight)
    low, high = rates["fatigue_per_year"]
    hidden["fatigue_per_year"] = streams("fatigue").uniform(low, high, size)
    hidden["reading_after_days"] = of_type["reading_days"] * streams("reading").exponential(size=size)
    own = list(recipe["email_domains"]).index(rates["apple_domain"])
    hidden["is_apple_reader"] = (streams("apple").random(size) < rates["apple_share"]) | (people["domain"] == own)
    hidden["has_link_scanner"] = streams("scanner").random(size) < rates["scanner_share"]
    hidden["client"] = choose(streams("client"), [one["share"] for one in recipe["clients"].values()], size)
    hidden["address_dies"] = streams("dead address").random(size) < rates["dead_address_share"]


def _around(rng: np.random.Generator, mean: Floats, weight: float) -> Floats:
    """A share for each mean (beta, of so much weight); none and all are what they are for everybody."""
    some = np.where((mean > 0) & (mean < 1), mean, 0.5)
    return np.where(some == mean, rng.beta(some * weight, (1 - some) * weight), mean)


def _visiting(hidden: pd.DataFrame, of_type: pd.DataFrame, recipe: Recipe, streams: Streams) -> None:
    size, shape = len(hidden), recipe["purchase_rate_shape"]
    hidden["visit_rate"] = of_type["visits_30d"] / 30 / shape * streams("visits").gamma(shape, size=size)
    hidden["visiting_after_days"] = of_type["visiting_days"] * streams("visiting").exponential(size=size)
    hidden["allows_tracking"] = streams("tracking").random(size) < of_type["tracking"]


def _sources(recipe: Recipe, buys: Bools, streams: Streams) -> np.ndarray:
    names = np.array(SOURCES)
    weights = recipe["sources"]
    shares = {who: [weights[who].get(name, 0) for name in SOURCES] for who in ("buyers", "others")}
    own = [choose(streams(f"source {who}"), shares[who], len(buys)) for who in shares]
    return names[np.where(buys, *own)]


def _joined_days(recipe: Recipe, by_contest: pd.Series, calendar: Calendar, group: Ints, streams: Streams) -> Ints:
    """Local day of joining: by season and growth, evenly inside the opening or the contest."""
    day = calendar.drawn_day(streams("joined").random(len(by_contest)), recipe["growth"], group)
    in_opening = streams("opening").random(len(by_contest)) < recipe["opening"]["share"]
    day = np.where(in_opening, _opening_days(recipe["opening"]["days"], calendar, len(by_contest), streams), day)
    if "cake" not in recipe:
        return day
    opens = calendar.last - recipe["cake"]["opens_days_before_until"]
    contest = streams("joined contest").integers(0, recipe["cake"]["open_days"], len(by_contest)) + opens
    return np.where(by_contest, contest, day)


def _opening_days(length: int, calendar: Calendar, size: int, streams: Streams) -> Ints:
    """The opening's days that take orders, all alike; who would join on another is drawn again."""
    day = calendar.first + streams("joined opening").integers(0, length, size)
    days = calendar.days[~calendar.closes(calendar.days)]
    count = max(1, int((days < calendar.first + length).sum()))
    return np.where(calendar.closes(day), days[streams("joined open").integers(0, count, size)], day)


def _joined_at(day: Ints, calendar: Calendar, streams: Streams) -> Ints:
    hour = choose(streams("joined hour"), calendar.hours, len(day))
    second = hour * HOUR + streams("joined second").integers(0, HOUR, len(day))
    return calendar.zone.to_utc(day * DAY + second)
