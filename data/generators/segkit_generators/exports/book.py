"""The finished shop as the exports read it: canonical tables as frames, everyone a system knows, and the last word on consent."""

from collections.abc import Collection
from functools import cache, cached_property
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segkit_generators.schema import SCHEMAS

if TYPE_CHECKING:
    from segkit_generators.shop import Shop

GUEST_COLUMNS = {"email_at_order": "email", "ordered_at": "created_at", "billing_country": "country_code"}


class Book:
    """A shop's tables as frames indexed by their key; money is float, moments are UTC without a zone."""

    def __init__(self, shop: "Shop") -> None:
        self._tables = shop.tables
        self.zone, self.currency = shop.client["time_zone"], shop.client["currency"]
        self.name = shop.client["name"]
        extracts = shop.tables["extracts"]
        self.start, self.end = (pd.Timestamp(extracts[name][0].as_py()) for name in ("coverage_from", "extracted_at"))
        self.table = cache(self._frame)

    def _frame(self, name: str) -> pd.DataFrame:
        """One canonical table as a frame."""
        return self.frame(name, self.arrow(name))

    def arrow(self, name: str) -> pa.Table:
        """One canonical table as it is, without rows when the shop has none: for those too long to be frames as a whole."""
        return self._tables.get(name, SCHEMAS[name].empty_table())

    def happened(self, name: str, kinds: Collection[str] | None = None) -> pd.DataFrame:
        """profile_id and occurred_at of the events of a table, by event_id; of some types only, if told."""
        table = self.arrow(name)
        if kinds is not None:
            table = table.filter(pc.is_in(table["event_type"], pa.array(kinds)))
        return table.select(["event_id", "profile_id", "occurred_at"]).to_pandas().set_index("event_id")

    def frame(self, name: str, table: pa.Table) -> pd.DataFrame:
        """Rows of one canonical table, with its first column (its key) as the index."""
        for place, column in enumerate(table.schema):
            if pa.types.is_decimal(column.type):
                nearly, parts = table[column.name].cast(pa.float64()), 10.0**column.type.scale  # 29.950000000000003
                table = table.set_column(place, column.name, pc.divide(pc.round(pc.multiply(nearly, parts)), parts))
        return table.to_pandas(date_as_object=True).set_index(SCHEMAS[name].names[0])

    def numbered(self, table: str) -> pd.Series:
        """The rows of a table counted from 1, as text: ids for systems that count."""
        index = self.table(table).index
        return pd.Series([str(number) for number in range(1, len(index) + 1)], index)

    @cached_property
    def people(self) -> pd.DataFrame:
        """One row a profile by profile_id, then one a guest by the id of the first order under that address.

        A shop or mail platform keeps a customer for each address that ever ordered, with an account or without.
        """
        profiles, orders = self.table("profiles"), self.table("orders")
        guests = orders[orders["profile_id"].isna() & orders["email_at_order"].notna()].drop_duplicates("email_at_order")
        guests = guests[~guests["email_at_order"].isin(profiles["email"])]
        known = guests[[*GUEST_COLUMNS]].rename(columns=GUEST_COLUMNS)
        known["updated_at"] = known["created_at"]
        people = pd.concat([profiles.assign(is_guest=False), known.assign(is_guest=True)])
        people.index.name = "profile_id"
        people["surname"] = _surname(people)
        return people

    @cached_property
    def orders(self) -> pd.DataFrame:
        """The orders in order of time, with `person`: who ordered, as a row of `people`; null where nobody is known."""
        orders = self.table("orders")
        by_address = pd.Series(self.people.index, self.people["email"])
        by_address = by_address[by_address.index.notna() & ~by_address.index.duplicated()]
        return orders.assign(person=orders["profile_id"].fillna(orders["email_at_order"].map(by_address)))

    @cached_property
    def goods(self) -> pd.DataFrame:
        """The lines of orders but for carriage, which every platform here keeps on the order."""
        items = self.table("order_items")
        return items[items["line_type"] != "shipping"]

    @property
    def newsletter_audience(self) -> str:
        """What the shop calls everyone on its mail list."""
        campaigns = self.table("messages")
        names = campaigns.loc[campaigns["kind"] == "campaign", "audience_names"].explode().dropna()
        return str(names.mode().iloc[0]) if len(names) else "Newsletter"

    @cached_property
    def consent_changes(self) -> pd.DataFrame:
        """Every change of the consent to marketing mail, in order of time."""
        consents = self.table("consents").reset_index()
        mail = consents[(consents["channel"] == "email") & (consents["purpose"] == "marketing")]
        return mail.sort_values("occurred_at", kind="stable")

    @cached_property
    def consent(self) -> pd.DataFrame:
        """One row a person: `status`, `occurred_at`, `method`, `opt_in_level` of the last consent, and of a block of all mail
        `blocked_because` and `blocked_at`; `joined_at`: the last subscription. Null where there is none."""
        changes, people = self.consent_changes, self.people.index
        blocks = changes[changes["status"] == "suppressed"].drop_duplicates("profile_id", keep="last").set_index("profile_id")
        told = changes[changes["status"] != "suppressed"].drop_duplicates("profile_id", keep="last").set_index("profile_id")
        joined = changes[changes["status"] == "subscribed"].drop_duplicates("profile_id", keep="last").set_index("profile_id")
        consent = told[["status", "occurred_at", "method", "opt_in_level"]].reindex(people)
        consent["blocked_because"] = blocks["suppression_reason"].reindex(people)
        consent["blocked_at"] = blocks["occurred_at"].reindex(people)
        return consent.assign(joined_at=joined["occurred_at"].reindex(people), how=joined["opt_in_level"].reindex(people))

    def accepted_at_order(self) -> pd.Series:
        """Per order whether its customer was subscribed to marketing mail at that moment."""
        orders = self.orders.reset_index()[["order_id", "person", "ordered_at"]].sort_values("ordered_at", kind="stable")
        changes = self.consent_changes[["profile_id", "occurred_at", "status"]]
        found = pd.merge_asof(orders, changes, left_on="ordered_at", right_on="occurred_at", left_by="person", right_by="profile_id")
        return (found.set_index("order_id")["status"] == "subscribed").reindex(self.orders.index)


def _surname(people: pd.DataFrame) -> pd.Series:
    """Systems without a column for the infix write it before the name: van den Berg."""
    infix = people["infix"].fillna("")
    return (infix + " " + people["last_name"]).str.strip().where(infix != "", people["last_name"])
