"""The right answers of the exercises, each worked out from the demo shop by a function with the answer's name.

A number that follows from the data is computed and never written down, so that another demo shop gives other right
answers and no lesson that is wrong. Functions rather than expressions in the YAML: they are typed, tested and found by
search. A profile_id answer is a set.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segkit.shop import View

Answer = float | str | set[str]


def mails_per_order_of_the_silent(view: View) -> float:
    """Mails of 90 days to mailable profiles without a human open or click in those days, for each order they placed in them."""
    people = view.features().query("is_mailable")
    silent = people[~(people["engaged_days"] <= view.rules.settings["engaged_recent_days"]).fillna(False)]
    return float(silent["email_received_count_90d"].sum() / silent["order_count_90d"].sum())


def sleepers_who_came_back_before(view: View) -> set[str]:
    """Sleeping customers who may be mailed and ordered more than once."""
    people = view.features().query("is_mailable and order_count > 1")
    return set(people["profile_id"]) & set(view.members("sleeping_customers")["profile_id"])


ANSWERS: dict[str, Callable[[View], Answer]] = {
    function.__name__: function for function in (mails_per_order_of_the_silent, sleepers_who_came_back_before)
}
