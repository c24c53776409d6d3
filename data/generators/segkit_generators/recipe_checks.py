"""Whether the parts of a shop's recipe fit each other: what one names, another has; shares add up; days lie in the history."""

from collections.abc import Mapping
from typing import Any

from segkit_generators.errors import BadProfile
from segkit_generators.feasts import FEASTS
from segkit_generators.segment_rules import check_segment

Recipe = Mapping[str, Any]

FLOWS = ("welcome_1", "welcome_2", "cart", "survey")
OCCASIONS = ("birthday", "winback", "sunset")

TIMED_FLOWS = ("welcome_1", "welcome_2", "cart_reminder", "cart_last_chance")
"""Flows that go out so many hours after what they answer to."""
CAKE_FLOWS = ("cake_mail", "cake_reminder", "cake_last_chance", "cake_survey")
WHOLE = {"sources": ("buyers", "others"), "known": ("phone", "gender", "birthday")}
"""Keys under which all of these must stand."""
SPOILED = ("cancelled_share", "refunded_share", "partial_share")
COUPONS = ("welcome", "other", "cake", "referrals", "birthday", "winback")
"""What codes are given for in every shop; codes of the season have other names."""
ROUNDING = 1e-6


def check_parts(file: str, recipe: Recipe) -> None:
    """BadProfile names the file, the first part that does not fit the others, and what is allowed."""
    _check_whole(file, recipe)
    _check_flows(file, recipe)
    _check_keys(file, recipe)
    _check_categories(file, recipe)
    _check_names(file, recipe)
    _check_shares(file, recipe)
    _check_countries(file, recipe)
    _check_money(file, recipe)
    _check_days(file, recipe)
    _check_pairs(file, recipe)
    _check_cake(file, recipe)
    _check_segments(file, recipe)


def _check_whole(file: str, recipe: Recipe) -> None:
    wanted = WHOLE | ({"cake.order_share": CAKE_FLOWS[:3]} if "cake" in recipe else {})
    for path, keys in wanted.items():
        first, _, rest = path.partition(".")
        there = recipe[first][rest] if rest else recipe[first]
        for key in keys:
            if key not in there:
                raise BadProfile(f"{file}: lacks {path}.{key}.", "Add it; bakery.yaml says what each key means.")


def _check_flows(file: str, recipe: Recipe) -> None:
    for name in TIMED_FLOWS:
        if name in recipe["flows"] and "after_hours" not in recipe["flows"][name]:
            raise BadProfile(f"{file}: lacks flows.{name}.after_hours.", "Add it: after how many hours that mail goes out, such as 48.")


def _check_keys(file: str, recipe: Recipe) -> None:
    """What is told apart by a key has one of its own."""
    taken = {name: f"flows.{name}" for name in recipe["flows"]}
    _check_unique(file, "trials", "key", [one["key"] for one in recipe.get("trials", [])], taken)
    for number, trial in enumerate(recipe.get("trials", [])):
        if trial["key"].startswith("newsletter_"):
            raise BadProfile(f"{file}: trials.{number}.key is {trial['key']}, as newsletters are called.", "Let it begin otherwise.")
    lists = recipe["cake"]["lists"] if "cake" in recipe else {}
    keys = [one["key"] for one in recipe.get("static_lists", [])]
    _check_unique(file, "static_lists", "key", keys, {f"cake_{key}": f"cake.lists.{key}" for key in lists})
    pairs = [f"{pair['first']} with {pair['second']}" for pair in recipe.get("pairs", [])]
    _check_unique(file, "pairs", "", pairs, {})
    for name in recipe.get("codes", {}):
        if name in COUPONS:
            raise BadProfile(f"{file}: codes.{name} has the name of another code.", f"Call it other than {', '.join(COUPONS)}.")


def _check_unique(file: str, path: str, name: str, keys: list[str], taken: dict[str, str]) -> None:
    seen = dict(taken)
    for number, key in enumerate(keys):
        own = f"{path}.{number}"
        if key in seen:
            raise BadProfile(f"{file}: {own}{name and '.' + name} is {key}, as is {seen[key]}.", "Give each one of its own.")
        seen[key] = own


def _check_categories(file: str, recipe: Recipe) -> None:
    """Goods have exactly the categories of category_base."""
    there = set(recipe["category_base"])
    named = {
        "vat": set(recipe["vat"]), "extra_lines": set(recipe["extra_lines"]), "extra_quantity": set(recipe["extra_quantity"]),
        "products": {product["category"] for product in recipe["products"].values()},
    }  # fmt: skip
    for key, found in named.items():
        if found != there:
            odd = ", ".join(sorted(found ^ there))
            raise BadProfile(f"{file}: {key} and category_base differ in {odd}.", f"Use exactly: {', '.join(sorted(there))}.")


def _check_names(file: str, recipe: Recipe) -> None:
    """What one part of a profile names, another part has."""
    categories, products = set(recipe["category_base"]), set(recipe["products"])
    topics = [*recipe["newsletter"]["topics"], *(one["topic"] for one in [*recipe["flows"].values(), *recipe.get("trials", [])])]
    feasts = [name for name, feast in recipe["feasts"].items() if not feast.get("month_end") and "begins" not in feast]
    wanted = [
        (topics, "is a topic of mail and no category", categories),
        (recipe["survey"]["categories"], "is surveyed and no category", categories),
        (recipe.get("category_sex", {}), "is in category_sex and no category", categories),
        (recipe.get("returns", {"share": {}})["share"], "is in returns and no category", categories),
        (
            [name for feast in recipe["feasts"].values() for name in feast.get("boost", {})],
            "is boosted by a feast and no category",
            categories,
        ),
        (
            [one["category"] for one in recipe.get("static_lists", []) if "category" in one],
            "is of a static list and no category",
            categories,
        ),
        ([pair[end] for pair in recipe.get("pairs", []) for end in ("first", "second")], "is in pairs and no product", products),
        ([recipe["contest_product"]] if "contest_product" in recipe else [], "is the contest_product and no product", products),
        (feasts, "is no feast that the calendar knows; give it begins or month_end, or", set(FEASTS)),
        ([name for name in OCCASIONS if name in recipe], "needs a flow of that name", set(recipe["flows"])),
        (FLOWS, "is a flow that every shop has", set(recipe["flows"])),
        ([recipe["reaction"]["apple_domain"]], "is the apple_domain and not in email_domains", set(recipe["email_domains"])),
    ]
    for names, trouble, allowed in wanted:
        odd = sorted(set(names) - allowed)
        if odd:
            raise BadProfile(f"{file}: {', '.join(odd)} {trouble}.", f"Use: {', '.join(sorted(allowed))}.")


def _check_shares(file: str, recipe: Recipe) -> None:
    rows = {"countries": recipe["countries"]} | {key: list(recipe[key].values()) for key in ("lifecycles", "clients")}
    shares = {key: [row["share"] for row in found] for key, found in rows.items()}
    shares |= {f"sources.{who}": list(sources.values()) for who, sources in recipe["sources"].items()}
    shares["email_domains"] = list(recipe["email_domains"].values())
    for key, found in shares.items():
        if abs(sum(found) - 1) > ROUNDING:
            raise BadProfile(f"{file}: the shares of {key} add up to {sum(found):g}.", "Make them add up to 1.")
    spoiled = sum(recipe["orders"][name] for name in SPOILED)
    if spoiled > 1 + ROUNDING:
        told = ", ".join(f"orders.{name}" for name in SPOILED)
        raise BadProfile(f"{file}: {told} add up to {spoiled:g}.", "Make them add up to 1 at the most.")


def _check_countries(file: str, recipe: Recipe) -> None:
    """Feasts are kept where customers live."""
    codes = list(dict.fromkeys(country["code"] for country in recipe["countries"]))
    kept = {f"feasts.{name}.countries": feast.get("countries", []) for name, feast in recipe["feasts"].items()}
    kept["pickup_country"] = [] if recipe["pickup_country"] == "none" else [recipe["pickup_country"]]
    for path, countries in kept.items():
        for code in countries:
            if code not in codes:
                raise BadProfile(f"{file}: {path} has {code}, where no customer lives.", f"Use: {', '.join(codes)}.")


def _check_money(file: str, recipe: Recipe) -> None:
    """Every currency that is not the shop's own has one rate, and no other money has."""
    base, known = recipe["client"]["currency"], dict[str, tuple[str, float]]()
    for number, country in enumerate(recipe["countries"]):
        path, currency = f"countries.{number}", country.get("currency", base)
        if currency == base and "rate" in country:
            raise BadProfile(f"{file}: {path}.rate is {country['rate']:g}, of {base}, which is the shop's own money.",
                             f"Leave it out, or give {path}.currency.")  # fmt: skip
        if currency != base and "rate" not in country:
            raise BadProfile(
                f"{file}: {path}.currency is {currency} and {path} has no rate.", f"Add it: what one {currency} is worth in {base}."
            )
        if currency == base:
            continue
        before, rate = known.setdefault(currency, (path, country["rate"]))
        if rate != country["rate"]:
            raise BadProfile(f"{file}: {path}.rate is {country['rate']:g}, that of {before} is {rate:g}, and both are of {currency}.",
                             "Give one currency one rate.")  # fmt: skip


def _check_days(file: str, recipe: Recipe) -> None:
    """What happened so many days before the end happened in the history."""
    back = {f"{key}.{number}.days_before_until": one["days_before_until"]
            for key in ("trials", "static_lists") for number, one in enumerate(recipe.get(key, []))}  # fmt: skip
    if "cake" in recipe:
        back["cake.opens_days_before_until"] = recipe["cake"]["opens_days_before_until"]
    _check_open_days(file, recipe)
    if recipe["opening"]["days"] > recipe["history_days"]:
        raise BadProfile(f"{file}: opening.days is {recipe['opening']['days']}, longer than the history.",
                         f"Give at most {recipe['history_days']} days.")  # fmt: skip
    if "cake" in recipe and recipe["cake"]["open_days"] > recipe["cake"]["opens_days_before_until"]:
        most = recipe["cake"]["opens_days_before_until"]
        raise BadProfile(
            f"{file}: cake.open_days is {recipe['cake']['open_days']}, beyond the end of the history.", f"Give at most {most} days."
        )
    for path, days in back.items():
        if days >= recipe["history_days"]:
            raise BadProfile(f"{file}: {path} is {days}, before the history begins.", f"Give fewer than {recipe['history_days']} days.")


def _check_open_days(file: str, recipe: Recipe) -> None:
    """Who orders because of a trial finds a day on which he can."""
    week = "".join("-" if weight else "x" for weight in recipe["weekday"]) * 2
    closed = max(map(len, week.split("-")))
    for number, trial in enumerate(recipe.get("trials", [])):
        if trial["within_days"] <= closed:
            raise BadProfile(f"{file}: trials.{number}.within_days is {trial['within_days']}, and the shop takes no orders "
                             f"{closed} days in a row.", f"Give more than {closed} days, or other weights of the weekday.")  # fmt: skip


def _check_pairs(file: str, recipe: Recipe) -> None:
    for number, pair in enumerate(recipe.get("pairs", [])):
        if pair["first"] == pair["second"]:
            raise BadProfile(f"{file}: pairs.{number} is {pair['first']} with itself.", "Give two products that go together.")


def _check_cake(file: str, recipe: Recipe) -> None:
    """The cake's story needs its product and its mails."""
    if "cake" not in recipe:
        return
    if "contest_product" not in recipe:
        raise BadProfile(f"{file}: cake needs contest_product.", f"Give the key of a product: {', '.join(recipe['products'])}.")
    for flow in CAKE_FLOWS:
        if flow not in recipe["flows"]:
            raise BadProfile(f"{file}: cake needs flows.{flow}.", "Add it; bakery.yaml has all four.")


def _check_segments(file: str, recipe: Recipe) -> None:
    lists = [one["key"] for one in recipe.get("static_lists", [])]
    lists += [f"cake_{key}" for key in recipe["cake"]["lists"]] if "cake" in recipe else []
    known = {
        "in_list": lists, "country": list(dict.fromkeys(country["code"] for country in recipe["countries"])),
        "gender": ("female", "male"), "category": list(recipe["category_base"]),
        "brand": sorted({recipe["house_brand"], *(one["brand"] for one in recipe["products"].values() if "brand" in one)}),
    }  # fmt: skip
    for name, segment in recipe.get("segments", {}).items():
        check_segment(f"{file}: segments.{name}", segment, known)
