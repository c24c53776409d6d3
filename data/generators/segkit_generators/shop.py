"""One synthetic webshop: its canonical tables, its answer key, and the order in which both come about."""

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit_generators.arguments import Arguments, check_arguments
from segkit_generators.baskets import add_terms, make_lines
from segkit_generators.cake import Cake, play
from segkit_generators.carts import cart_table, make_carts
from segkit_generators.catalogue import make_catalogue, product_tables
from segkit_generators.consent import consent_table, make_subscriptions
from segkit_generators.errors import FaultNotShown
from segkit_generators.exports import CANONICAL, EXPORTS, check_formats
from segkit_generators.faults import check_struck, plant, spoil
from segkit_generators.flows import cart_follow_ups, cart_mails, survey_mails, welcome_mails
from segkit_generators.folder import put_in_place, stage_in
from segkit_generators.mail_events import event_table
from segkit_generators.messages import make_messages, message_table, send_newsletters
from segkit_generators.meta_tables import about_tables
from segkit_generators.moments import NEVER
from segkit_generators.occasions import KINDS, Occasion, greet, occasion_truth, win_back
from segkit_generators.orders import item_table, order_table, refund_table, settle
from segkit_generators.own_segments import segment_truth, segments_yaml
from segkit_generators.profile_tables import identity_table, list_table, profile_table
from segkit_generators.purchases import organic_orders, other_orders
from segkit_generators.reactions import Mailbox
from segkit_generators.recipe import load_recipe
from segkit_generators.referrals import NOBODY, make_referrals, property_table
from segkit_generators.schema import SCHEMAS
from segkit_generators.season import make_calendar
from segkit_generators.site import form_events, site_events, site_table
from segkit_generators.static_lists import static_table, static_truth
from segkit_generators.store import SHARED, Place
from segkit_generators.streams import Ints
from segkit_generators.sunset import say_goodbye
from segkit_generators.surveys import feedback_table
from segkit_generators.trials import Trials, run_trials, trial_table, trial_truth
from segkit_generators.truth import (
    alive_truth,
    cake_truth,
    customer_truth,
    day_truth,
    hindsight_truth,
    machine_truth,
    order_truth,
    pair_truth,
)
from segkit_generators.visits import browse
from segkit_generators.world import World, make_world

STEPS = ("people", "mail", "orders", "carts and visits", "tables", "answer key")
IN_SHOP = "in this shop"


@dataclass(frozen=True)
class Block:
    """The customers of one block with all they did: canonical name -> Arrow table, and name -> frame of what was planted."""

    tables: dict[str, pa.Table] = field(repr=False)
    truth: dict[str, pd.DataFrame] = field(repr=False)

    @property
    def struck(self) -> set[str]:
        """The faults that struck something in it."""
        return set(self.truth["faults"]["fault"]) if "faults" in self.truth else set()


@dataclass(frozen=True)
class Shop:
    """A finished shop in memory."""

    arguments: Arguments
    client: dict[str, Any]
    blocks: Sequence[Block] = field(repr=False)
    about: dict[str, pa.Table] = field(repr=False)

    @cached_property
    def tables(self) -> dict[str, pa.Table]:
        """Canonical name -> Arrow table."""
        joined = {name: pa.concat_tables(self._of("tables", name)) for name in self.blocks[0].tables} | self.about
        return {name: joined[name] for name in SCHEMAS if name in joined}

    @cached_property
    def truth(self) -> dict[str, pd.DataFrame]:
        """Name -> pandas frame of what was planted."""
        return {name: pd.concat(self._of("truth", name), ignore_index=True) for name in self.blocks[0].truth}

    def _of(self, kind: str, name: str) -> list[Any]:
        """A table or frame of each block that has it: the first has those of the shop as a whole."""
        return [getattr(block, kind)[name] for block in self.blocks if name in getattr(block, kind)]

    @property
    def segments(self) -> dict[str, Any]:
        """The shop's own segments in the project's verbs, as segments.yaml holds them; Klaviyo's form stands in truth["segments"]."""
        return segments_yaml(self.arguments.recipe)

    def write(self, out: str | Path, formats: str | Sequence[str] = (CANONICAL,)) -> Path:
        """Writes each delivery to the folder of its name under `out`, and beside them truth/, client.yaml and segments.yaml.

        What an earlier run wrote there goes; settings that were edited and strangers' files stay. `formats` are CANONICAL and
        names of EXPORTS. Gives the folder of the canonical load, or `out` when that was not asked for. BadArgument when
        there is no such format, when `out` cannot be written into, or when a fault of files finds nothing to strike; a warning
        FaultNotShown when a fault cannot be seen in a format.
        """
        wanted, folder, made = check_formats(formats), Path(out), self.arguments
        canonical, systems = CANONICAL in wanted, [name for name in wanted if name != CANONICAL]
        made.check_files(systems)
        for problem in made.not_shown(systems):
            warnings.warn(problem, FaultNotShown, stacklevel=2)
        place = Place(stage_in(folder, made.profile, wanted), made.load_id, len(self.blocks))
        written = [place.write_block(number, block.tables if canonical else {}, block.truth) for number, block in enumerate(self.blocks)]
        if canonical:
            place.write_about(written, self.about)
        spoiled = [self._deliver(name, place.stage / name) for name in systems]
        if made.file_faults:
            told = pd.concat(spoiled, ignore_index=True)
            check_struck(made.file_faults, told["fault"], f"in the files of {' and '.join(systems)}")
            told.to_parquet(place.stage / "truth" / "file_faults.parquet", index=False)
        place.write_settings(self.client, self.segments, systems)
        put_in_place(folder, made.profile, made.load_id)
        return folder / CANONICAL / made.load_id if canonical else folder

    def _deliver(self, system: str, folder: Path) -> pd.DataFrame:
        """Write the files of one system, and tell which of their rows have a fault."""
        delivery, rows = spoil(EXPORTS[system](self), self.arguments.file_faults, self.arguments.seed)
        delivery.write(folder)
        return rows


@dataclass(frozen=True)
class Trade:
    """Everything that was ordered or nearly ordered, as rows of numbers."""

    products: pd.DataFrame
    orders: pd.DataFrame
    lines: pd.DataFrame
    visits: pd.DataFrame
    carts: pd.DataFrame
    referrer: Ints
    sent: list[pd.DataFrame]  # the mails that caused some of the orders


@dataclass(frozen=True)
class Post:
    """Everything that was mailed: messages, subscriptions, mails with their reactions, survey answers."""

    messages: pd.DataFrame
    subscriptions: pd.DataFrame
    mails: pd.DataFrame
    surveys: pd.DataFrame


def make_shop(
    profile: str = "bakery",
    customers: int = 4000,
    seed: int = 7,
    until: str | date = "2026-10-31",
    faults: Iterable[str] = (),
    on_step: Callable[[str], None] = lambda step: None,
) -> Shop:
    """A synthetic shop with `customers` profiles whose history ends with the local day `until`.

    `faults` are planted in it (names of segkit_generators.faults.FAULTS, each with "=SHARE" or its own share).
    The same arguments give the same rows. `on_step` hears the name of each of STEPS as it begins.
    Raises UnknownProfile or BadArgument, naming what is allowed.
    """
    return shop_of(check_arguments(profile, load_recipe(profile), customers, seed, until, faults), on_step)


def shop_of(arguments: Arguments, on_step: Callable[[str], None] = lambda step: None) -> Shop:
    """The shop of arguments that were checked."""
    recipe = arguments.recipe
    blocks = [make_block(arguments, number, on_step) for number in range(arguments.blocks)]
    check_struck(arguments.shop_faults, {name for block in blocks for name in block.struck}, IN_SHOP)
    rows = {name: sum(block.tables[name].num_rows for block in blocks if name in block.tables) for name in blocks[0].tables}
    return Shop(arguments, arguments.client, blocks, about_tables(recipe, make_calendar(recipe, arguments.until), rows))


def make_block(arguments: Arguments, number: int, on_step: Callable[[str], None] = lambda step: None) -> Block:
    """One block of the shop's customers; what belongs to the shop as a whole is in the first block only."""
    on_step("people")
    world = make_world(arguments.recipe, arguments.size(number), arguments.seed, arguments.until, number)
    on_step("mail")
    mailbox, subscriptions, newsletters = _open_mailbox(world)
    end = subscriptions["end"].to_numpy()
    cake = play(mailbox, end) if "cake" in world.recipe else None
    trials = run_trials(mailbox, end)
    on_step("orders")
    trade = _trade(mailbox, end, cake, trials, on_step)
    post = _post(mailbox, subscriptions, newsletters, cake, trials, trade)
    caused = _aftermath(mailbox, end, trials, trade) if len(trials.assigned) else None
    on_step("tables")
    clean = _tables(world, trade, post, cake, trials, caused)
    tables, planted = plant(world, clean, arguments.shop_faults)
    on_step("answer key")
    truth = _truth(world, trade, post, cake, caused) | trial_truth(world) | _planted_in_all(world)
    truth["machine_events"] = machine_truth(clean["email_events"])
    if arguments.shop_faults:
        truth["faults"] = planted
    left = SHARED if number else ()
    return Block({name: tables[name] for name in tables if name not in left}, {name: truth[name] for name in truth if name not in left})


def _open_mailbox(world: World) -> tuple[Mailbox, pd.DataFrame, pd.DataFrame]:
    subscriptions = make_subscriptions(world)
    mailbox = Mailbox(world, make_messages(world), subscriptions["start"].to_numpy())
    letters, ends = send_newsletters(mailbox)
    if "sunset" in world.recipe:
        letters, ends, last = say_goodbye(mailbox, letters, ends)
        letters = pd.concat([letters, last.assign(end_at=NEVER, end_reason=-1)], ignore_index=True)
    return mailbox, pd.concat([subscriptions, ends], axis=1), letters


def _trade(mailbox: Mailbox, end: Ints, cake: Cake | None, trials: Trials, on_step: Callable[[str], None]) -> Trade:
    world = mailbox.world
    products, organic = make_catalogue(world.recipe), organic_orders(world)
    referrer = make_referrals(world, organic) if "referrals" in world.recipe else np.full(world.size, NOBODY)
    occasions = _occasions(mailbox, end, [organic, trials.orders])
    placed = [organic, other_orders(world, len(organic)), *(one.orders for one in occasions)]
    placed += [cake.orders.assign(participant=cake.orders.index)] if cake else []
    parts = pd.concat(placed, ignore_index=True)
    parts["agreed_pickup_day"] = _whole(parts["agreed_pickup_day"], NEVER) if cake else NEVER
    parts["is_referred"] = np.append(referrer != NOBODY, False)[parts["customer"]]
    orders, lines = _sell(world, parts, products)
    on_step("carts and visits")
    visits = browse(world, products)
    return Trade(products, orders, lines, visits, make_carts(world, orders, visits), referrer, [one.sent for one in occasions])


def _sell(world: World, parts: pd.DataFrame, products: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The orders and their lines."""
    orders = add_terms(world, parts)
    lines = make_lines(world, orders, products)
    return settle(world, orders, lines, products), lines


@dataclass(frozen=True)
class Aftermath:
    """What the mails of trials cause, made apart: a shop with a trial is the shop without it, and this."""

    world: World
    trade: Trade
    post: Post


def _aftermath(mailbox: Mailbox, end: Ints, trials: Trials, before: Trade) -> Aftermath:
    """The mails of the trials, the orders they cause, and the carts, visits and surveys of those orders."""
    world, products = mailbox.world.apart("aftermath"), before.products
    apart = Mailbox(world, mailbox.messages, mailbox.start)
    parts = trials.orders.assign(agreed_pickup_day=NEVER, is_referred=False)
    orders, lines = _sell(world, parts, products)
    nowhere = before.visits.iloc[:0]
    carts = make_carts(world, orders, nowhere)
    asked = survey_mails(apart, end, orders, lines, products)
    mails = pd.concat([*trials.sent, asked], ignore_index=True).assign(end_at=NEVER, end_reason=-1)
    trade = Trade(products, orders, lines, nowhere, carts, np.full(world.size, NOBODY), [])
    return Aftermath(world, trade, Post(mailbox.messages, pd.DataFrame(), mails, asked.assign(flow="survey", product=-1)))


def _occasions(mailbox: Mailbox, end: Ints, placed: list[pd.DataFrame]) -> list[Occasion]:
    """Birthdays first: who then orders is not silent."""
    birthday = [greet(mailbox, end)] if "birthday" in mailbox.world.recipe else []
    orders = pd.concat([*placed, *(one.orders for one in birthday)], ignore_index=True)
    return birthday + ([win_back(mailbox, end, orders)] if "winback" in mailbox.world.recipe else [])


def _whole(values: pd.Series, missing: int) -> np.ndarray:
    """Whole numbers out of a column that concatenation made float; NEVER does not survive a float."""
    return np.where(values.isna(), missing, values.fillna(0).astype(np.int64))


def _post(
    mailbox: Mailbox, subscriptions: pd.DataFrame, newsletters: pd.DataFrame, cake: Cake | None, trials: Trials, trade: Trade
) -> Post:
    end = subscriptions["end"].to_numpy()
    asked, buyers = survey_mails(mailbox, end, trade.orders, trade.lines, trade.products), pd.concat([trade.orders, trials.orders])
    sent = [
        newsletters,
        *welcome_mails(mailbox, end),
        cart_mails(mailbox, end, trade.carts, buyers),
        *cart_follow_ups(mailbox, end, trade.carts, buyers),
        *trade.sent,
        asked,
        *(cake.sent if cake else []),
    ]
    mails = pd.concat(sent, ignore_index=True)
    mails["end_at"], mails["end_reason"] = _ends(newsletters, len(mails))
    return Post(mailbox.messages, subscriptions, mails, _surveys(mailbox.world, asked, cake, trade))


def _ends(newsletters: pd.DataFrame, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Only newsletters end a subscription: the other mails never do."""
    at, reason = np.full(rows, NEVER), np.full(rows, -1)
    at[: len(newsletters)] = newsletters["end_at"]
    ends = newsletters["end_at"].to_numpy() != NEVER
    reason[: len(newsletters)] = np.where(ends, newsletters["end_reason"], -1)
    return at, reason


def _surveys(world: World, asked: pd.DataFrame, cake: Cake | None, trade: Trade) -> pd.DataFrame:
    """All survey mails with the order each is about, and the product where it is about one."""
    if cake is None:
        return asked.assign(flow="survey", product=-1)
    ordered = trade.orders[trade.orders["kind"] == "cake"].set_index("participant")["order_id"]
    of_cake = cake.sent[-1]
    contest = int(np.flatnonzero(trade.products["key"] == world.recipe["contest_product"])[0])
    of_cake = of_cake.assign(order_id=of_cake["participant"].map(ordered), flow="cake_survey", product=contest)
    return pd.concat([asked.assign(flow="survey", product=-1), of_cake], ignore_index=True)


def _tables(world: World, trade: Trade, post: Post, cake: Cake | None, trials: Trials, caused: Aftermath | None) -> dict[str, pa.Table]:
    buyers = pd.concat([trade.orders, trials.orders])
    tables = {
        "profiles": profile_table(world),
        "profile_identities": identity_table(world, buyers, post.subscriptions),
        "consents": consent_table(world, post.subscriptions),
        **_lists(world, trade, post.subscriptions, cake),
        **({"profile_properties": property_table(world, trade.referrer)} if "referrals" in world.recipe else {}),
        **({"experiment_assignments": trial_table(world, trials)} if "trials" in world.recipe else {}),
        **product_tables(world, trade.products),
        "messages": message_table(world, post.messages),
        **_done(world, trade, post, cake),
    }
    later = _done(caused.world, caused.trade, caused.post, None) if caused else {}
    tables |= {name: pa.concat_tables([tables[name], table]) for name, table in later.items()}
    return {name: tables[name] for name in SCHEMAS if name in tables}


def _done(world: World, trade: Trade, post: Post, cake: Cake | None) -> dict[str, pa.Table]:
    """The tables of what people did."""
    orders, products = trade.orders, trade.products
    tracked = site_events(world, trade.visits, orders, trade.lines, post.mails, products).assign(pickup_day=NEVER)
    events = pd.concat([tracked, form_events(cake.participants)], ignore_index=True) if cake else tracked.assign(form=-1)
    return {
        "orders": order_table(world, orders),
        "order_items": item_table(world, orders, trade.lines, products),
        "refunds": refund_table(world, orders, trade.lines),
        "carts": cart_table(world, trade.carts, orders, trade.lines, products),
        "email_events": event_table(world, post.mails, post.messages),
        "site_events": site_table(world, events, products),
        "feedback": feedback_table(world, post.surveys, products),
    }


def _lists(world: World, trade: Trade, subscriptions: pd.DataFrame, cake: Cake | None) -> dict[str, pa.Table]:
    """The canonical table list_memberships, of a shop that has lists."""
    parts = [list_table(world, cake.participants)] if cake and world.recipe["cake"]["lists"] else []
    parts += [static_table(world, trade, subscriptions)] if "static_lists" in world.recipe else []
    return {"list_memberships": pa.concat_tables(parts)} if parts else {}


def _planted_in_all(world: World) -> dict[str, pd.DataFrame]:
    """What was planted in the shop as a whole: what goes with what, lists, segments."""
    recipe = world.recipe
    found = {"pairs": pair_truth(recipe)} if "pairs" in recipe else {}
    found |= {"occasions": occasion_truth(recipe)} if any(name in recipe for name in KINDS) else {}
    found |= {"static_lists": static_truth(world)} if "static_lists" in recipe else {}
    return found | ({"segments": segment_truth(recipe)} if "segments" in recipe else {})


def _truth(world: World, trade: Trade, post: Post, cake: Cake | None, caused: Aftermath | None) -> dict[str, pd.DataFrame]:
    mails = pd.concat([post.mails, caused.post.mails], ignore_index=True) if caused else post.mails
    placed = [order_truth(one.world, one.trade.orders, one.trade.carts) for one in [caused] if one]
    return {
        "customers": customer_truth(world, trade.orders, mails, post.subscriptions, trade.products, trade.referrer),
        "hindsight": hindsight_truth(world, trade.orders, trade.products),
        "alive": alive_truth(world, trade.orders),
        "orders": pd.concat([order_truth(world, trade.orders, trade.carts), *placed], ignore_index=True),
        **({"cake_scenario": cake_truth(world, cake.participants, trade.orders)} if cake else {}),
        "days": day_truth(world),
    }
