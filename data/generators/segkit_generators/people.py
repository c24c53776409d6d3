"""Names, towns and addresses of synthetic people: small seeded pools from Faker, drawn for all customers at once."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from faker import Faker

from segkit_generators.arrow import pick, text
from segkit_generators.recipe import Recipe
from segkit_generators.streams import Bools, Ints, Streams, choose


@dataclass(frozen=True)
class Pool:
    """Candidates of one country: parallel lists are places and their zip codes."""

    female: list[str]
    male: list[str]
    last: list[str]
    places: list[str]
    zips: list[str]
    phones: list[str]
    organizations: list[str]


def make_people(recipe: Recipe, customers: int, streams: Streams, before: int = 0) -> pd.DataFrame:
    """One row a customer: country, locale, names, address, e-mail, what is known of age and sex; null where unknown."""
    countries = recipe["countries"]
    country = choose(streams("country"), [entry["share"] for entry in countries], customers)
    pools = [_pool(entry, recipe["pool_size"], streams.seed) for entry in countries]
    is_male = streams("sex").random(customers) < 0.5
    drawn = {field: streams(f"people {field}").random(customers) for field in ("first", "last", "place", "phone")}
    people = pd.DataFrame({"country": country, "is_male": is_male})
    people["first_name"] = np.where(is_male, _draw(pools, "male", country, drawn["first"]), _draw(pools, "female", country, drawn["first"]))
    people["infix"], people["last_name"] = _split_infix(_draw(pools, "last", country, drawn["last"]))
    people["city"] = _draw(pools, "places", country, drawn["place"])
    people["zip"] = _draw(pools, "zips", country, drawn["place"])
    people["phone"] = _draw(pools, "phones", country, drawn["phone"])
    people["is_business"] = streams("business").random(customers) < recipe["business_share"]
    people["organization"] = _draw(pools, "organizations", country, drawn["last"])
    domains = recipe["email_domains"]
    people["domain"] = choose(streams("domain"), list(domains.values()), customers)
    people["email"] = emails(people, list(domains), before)
    return people


def birthdays(recipe: Recipe, streams: Streams, customers: int) -> tuple[pd.DatetimeIndex, Bools]:
    """The day of birth of every customer, and whether the shop knows it."""
    years = recipe["birth_year"]
    first = np.datetime64(f"{years['from']}-01-01")
    span = int((np.datetime64(f"{years['to'] + 1}-01-01") - first).astype(int))
    born = pd.DatetimeIndex(first + streams("birthday").integers(0, span, customers))
    return born, streams("known birthday").random(customers) < recipe["known"]["birthday"]


def emails(people: pd.DataFrame, domains: list[str], before: int) -> pa.Array:
    """One address a person, unique by the number in it: that of the row, after `before` people of other blocks."""
    name = people["first_name"].str.cat(people["last_name"], sep=".")
    parts = {one: _ascii(one) for one in name.unique()}
    number = pa.array(np.arange(1, len(people) + 1) + before).cast(pa.string())
    local = pc.binary_join_element_wise(text(name.map(parts)), number, "")
    return pc.binary_join_element_wise(local, pick(domains, people["domain"].to_numpy()), "@")


def _pool(entry: Recipe, size: int, seed: int) -> Pool:
    return _made(entry["pool"], entry.get("places", entry["pool"]), tuple(entry.get("towns", {}).items()), size, seed)


@cache
def _made(pool: str, places: str, given_towns: tuple[tuple[str, str], ...], size: int, seed: int) -> Pool:
    """Faker is slow, and every block of a shop draws from the same pools."""
    names, towns = _faker(pool, seed), _faker(places, seed)
    given = dict(given_towns) or {towns.city(): towns.postcode() for _ in range(size)}
    return Pool(
        female=[names.first_name_female() for _ in range(size)],
        male=[names.first_name_male() for _ in range(size)],
        last=[names.last_name() for _ in range(size)],
        places=list(given),
        zips=list(given.values()),
        phones=[names.phone_number() for _ in range(size)],
        organizations=[names.company() for _ in range(size // 10)],
    )


def _faker(locale: str, seed: int) -> Faker:
    faker = Faker(locale)
    faker.seed_instance(seed)
    return faker


def _draw(pools: list[Pool], field: str, country: Ints, uniform: np.ndarray) -> np.ndarray:
    """A candidate per row from the pool of the row's country."""
    candidates = [getattr(pool, field) for pool in pools]
    starts = np.cumsum([0] + [len(one) for one in candidates[:-1]])
    sizes = np.array([len(one) for one in candidates])
    flat = np.array([name for one in candidates for name in one], dtype=object)
    return flat[starts[country] + (uniform * sizes[country]).astype(np.int64)]


def _split_infix(names: np.ndarray) -> tuple[pd.Series, pd.Series]:
    """Dutch names carry their infix apart ("van den"), Flemish ones write it as part of the name ("Van den Berg")."""
    split = {name: re.fullmatch(r"((?:[a-z']+ ?)+ |')?(.+)", name) for name in np.unique(names)}
    infix = {name: (found[1] or "").strip() or None for name, found in split.items() if found}
    last = {name: found[2] for name, found in split.items() if found}
    column = pd.Series(names)
    return column.map(infix).astype(object), column.map(last)


def _ascii(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z.]", "", plain)
