# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 4. Behaviour: orders, visits and categories
#
# *About 40 minutes. You need: lesson 1, and the coffee shop that comes with the kit.*
#
# Femke roasts coffee and sells it online. Coffee runs out, so people come back; or they forget, and buy it in the supermarket.
# "I send a reminder four weeks after an order," she says. "Some have already ordered by then, and some have long been drinking
# something else. When *is* the right day?"
#
# After this lesson you can
# - work out recency, frequency and money from a list of orders, and check segkit by hand;
# - put every order on the right day;
# - find each customer's own rhythm, and see whose coffee is running out.

# %% [markdown]
# ## The data
#
# Brandpunt Koffie sells in the Netherlands and Belgium: 28 months of orders, mails and visits, all invented. We look at it as of
# 31 October 2026. This time we begin with the bare table of orders, one row per order.

# %%
import pandas as pd

from segkit.notebook import bars, check, compare, lesson_shop
from segkit.segments import did, never

shop = lesson_shop("coffee")
view = shop.at("2026-10-31")
orders = pd.read_parquet(shop.store.folder / "orders.parquet")
bought = orders[orders["counts_as_purchase"] & orders["profile_id"].notna()].copy()
print(f"{len(orders):,} orders; {len(bought):,} are the purchase of a known customer")

# %% [markdown]
# Left out are orders that were cancelled, paid back in full or placed as a test: no coffee was kept. Guests (*gasten*) without
# an account are left out too: we cannot tell when they come back.
#
# ## Which day was it?
#
# `ordered_at` is a moment in UTC, the clock that computers share. Amsterdam is two hours ahead of it in summer and one in winter.
# **Predict first:** what share of the orders falls on another day when you read the day straight off the UTC clock? Type 0.5
# for half.

# %% tags=["prediction"]
guess = 0.1  # answer

# %%
in_utc = bought["ordered_at"].dt.tz_localize("UTC")
bought["local"] = in_utc.dt.tz_convert("Europe/Amsterdam").dt.tz_localize(None)
other_day = bought["local"].dt.date != bought["ordered_at"].dt.date
print(f"{other_day.sum()} orders, {other_day.mean():.1%}")
compare(guess, other_day.mean(), "share")

# %% [markdown]
# They were placed just after midnight (*net na middernacht*), when in UTC it is still yesterday. segkit keeps the shop's own day in `ordered_on`:

# %%
bought.loc[other_day, ["order_id", "ordered_at", "local", "ordered_on"]].head(3)

# %% [markdown]
# One order, one day off: does it matter? Not for a yearly total. It can at the edge of a window (*venster*: the days that a rule looks
# at), where one day decides who is in. Take Femke's own segment `bijna_op` (*bijna op*: nearly finished): four weeks after an order,
# give or take one. We count it in her days and in those of UTC, as the large mail platforms do:

# %%
bought["ordered_on"] = pd.to_datetime(bought["ordered_on"])
utc_days = bought["ordered_at"].dt.normalize().groupby(bought["profile_id"]).max()
moved = bought.groupby("profile_id")["ordered_on"].max() != utc_days
print(f"{moved.sum()} customers would get another last day.")
print(view.say("bijna_op", "en"))
print(view.count("bijna_op"), "people; in UTC", view.in_utc().count("bijna_op"))

# %% [markdown]
# So when a platform shows a few people more or fewer than you count for the same rule, look at its clock first.
#
# ## Recency, frequency, money
#
# Three numbers sum up an order history (*bestelgeschiedenis*). *Recency* (*recentheid*): how many days ago was the last order?
# *Frequency* (*frequentie*): how many orders? *Money* (*monetaire waarde*): for how much in all? Together they are called RFM.
# In plain pandas:

# %%
bought["value"] = bought["net_base"].astype(float)  # paid, less what was paid back
by_customer = bought.groupby("profile_id")
buyers = pd.DataFrame({"order_count": by_customer.size()})
buyers["revenue"] = by_customer["value"].sum()
last_day = by_customer["ordered_on"].max()
buyers["recency_days"] = (pd.Timestamp("2026-10-31") - last_day).dt.days
buyers.head(4).round(2)

# %% [markdown]
# Now the same from segkit. If the two differ for anybody, one of them is wrong.

# %%
everyone = view.features()
theirs = everyone[everyone["order_count"] > 0].set_index("profile_id")[buyers.columns]
same = (buyers.round(2) == theirs.round(2)).sum()
print(f"Equal, of {len(buyers):,} buyers: {same.to_dict()}")
print(f"segkit also has {len(everyone) - len(buyers):,} people who never bought")

# %% [markdown]
# Those have 0 orders, and no recency at all: `<NA>`, for there is no last order to count from. Absent is not zero.
#
# ### Exercise 4a
#
# How many customers are active (*actieve klanten*): their last order was in the last 30 days? Today counts as day 0, and day 30 is still in. Work it
# out from `buyers["recency_days"]`; a comparison gives a column of yes and no, and `.sum()` counts the yeses.

# %% tags=["exercise"]
active = (buyers["recency_days"] <= 30).sum()  # answer
check("4a", active)

# %% [markdown]
# ## The rhythm of a shop
#
# The *gap* (*tussenpoos*) is the number of days from one order of a customer to the next.
# **Predict:** within how many days do half of all repeat orders (*herhaalaankopen*) come?

# %% tags=["prediction"]
guess = 30  # answer

# %%
in_order = bought.sort_values(["profile_id", "ordered_at"])
gaps = in_order.groupby("profile_id")["ordered_on"].diff().dt.days.dropna()
quarter, half, three = gaps.quantile([0.25, 0.5, 0.75])
print(f"{len(gaps):,} gaps: a quarter within {quarter:.0f} days, ", end="")
print(f"half within {half:.0f}, three quarters within {three:.0f}")
compare(guess, half)

# %% [markdown]
# Is that Femke's right day, then? Only if all customers are alike. Take each one's own mean gap (*eigen ritme*): the days
# from the first to the last order, divided by the number of gaps between. It needs three orders, so two gaps, to mean anything. Who
# has those we call a regular (*vaste klant*).

# %%
regulars = everyone[everyone["order_count"] >= 3].copy()
span = regulars["first_order_days"] - regulars["recency_days"]  # first order to last
regulars["own_gap"] = span / (regulars["order_count"] - 1)
weeks = ["within 2 weeks", "2 to 4 weeks", "4 to 8 weeks", "longer"]
rhythm = pd.cut(regulars["own_gap"], [-1, 14, 28, 56, 9999], labels=weeks)
rhythm.value_counts(sort=False)

# %% [markdown]
# One fixed day fits few of them.
#
# ## The same silence, another meaning
#
# We go back four weeks, to 3 October. What came after is known by now, so we can look who came back.

# %%
past = shop.at("2026-10-03").features().query("order_count >= 3")
span = past["first_order_days"] - past["recency_days"]
past["own_gap"] = span / (past["order_count"] - 1)
came = view.members(did("placed_order", within="last 27 days"))  # 4 to 31 October
past["is_back"] = past["profile_id"].isin(came["profile_id"])
print(f"{past['is_back'].mean():.0%} of {len(past):,} regulars came back in four weeks")

# %% [markdown]
# Take those who had last ordered 60 to 120 days before that day. Some used to order `monthly`, or more often; some `seldom`: every month
# and a half, or slower.
#
# **Predict:** of which group did the larger share come back? Type "monthly" or "seldom".

# %% tags=["prediction"]
larger = "monthly"  # answer

# %%
quiet = past[past["recency_days"].between(60, 120)]
names = ["monthly", "in between", "seldom"]
used_to_order = pd.cut(quiet["own_gap"], [-1, 30, 45, 9999], labels=names)
back = quiet.groupby(used_to_order)["is_back"].agg(["size", "mean"])
print(back.round(2).to_string())
compare(larger, back["mean"].drop("in between").idxmax())

# %% [markdown]
# It looks as if those who used to come most are the ones who are gone; but these are few people, and a difference among few may be luck.
# It would make sense: two months of silence is nothing for somebody who orders every two months, and a goodbye from somebody who
# ordered every two weeks. So count silence in own gaps, for all regulars: `gaps_ago` is 1 on the day the next order is due.

# %%
past["gaps_ago"] = past["recency_days"] / past["own_gap"]
labels = ["not yet: up to ¾", "due: ¾ to 1½", "late: 1½ to 3", "gone: over 3"]
state = pd.cut(past["gaps_ago"], [-1, 0.75, 1.5, 3, 9999], labels=labels)
back = past.groupby(state)["is_back"].mean().sort_values(ascending=False)
finding = f"Back within four weeks: {back[labels[1]]:.0%} of those who were due, "
finding += f"{back[labels[3]]:.0%} of those silent for over three of their own gaps."
bars(back.index, back, [f"{share:.0%}" for share in back], finding)

# %%
print(finding)

# %% [markdown]
# With so many more people this is no luck: it is the own rhythm that counts. And Femke's fixed window, 21 to 35 days for
# everybody? Count where those people stand in their own rhythm, today:

# %%
regulars["gaps_ago"] = regulars["recency_days"] / regulars["own_gap"]
members = view.members("bijna_op")["profile_id"]
in_window = regulars[regulars["profile_id"].isin(members)]
state = pd.cut(in_window["gaps_ago"], [-1, 0.75, 1.5, 3, 9999], labels=labels)
print(state.value_counts(sort=False).to_string())
print(f"fewer than three orders    {len(members) - len(in_window)}")
due = regulars[(regulars["gaps_ago"] > 0.75) & (regulars["gaps_ago"] <= 1.5)]
missed = ~due["profile_id"].isin(members)
print(f"{missed.sum()} of all {len(due)} regulars who are due: not in the window")

# %% [markdown]
# For many the reminder comes too early; a discount would then be spent on an order that was coming anyway. And most regulars who are due
# stand outside the window: their day was earlier, or is later. Who has fewer than three orders has no rhythm of their own
# yet: for them Femke keeps the window of the shop.
#
# ### Exercise 4b
#
# Choose the rows of `regulars` who should get the reminder today: those who are due, and may be mailed (`is_mailable`). Due is as in
# the table: `gaps_ago` above 0.75 (so 0.75 itself is out) and at most 1.5 (`<=`, so 1.5 is in). Join conditions with `&`, each in
# round brackets.

# %% tags=["exercise"]
# answer
is_due = (regulars["gaps_ago"] > 0.75) & (regulars["gaps_ago"] <= 1.5)
reminded = regulars[is_due & regulars["is_mailable"]]
# /answer
check("4b", reminded)

# %% [markdown]
# ## Categories and visits
#
# A reminder should name the right coffee. Each line of an order has a category (*categorie*): *bonen* are beans, *filter* is ground
# coffee, *toebehoren* are accessories. What do the regulars who are due buy most?

# %%
lines = pd.read_parquet(shop.store.folder / "order_items.parquet")
lines = lines.dropna(subset="category").merge(bought[["order_id", "profile_id"]])
counts = lines.groupby(["profile_id", "category"]).size().unstack(fill_value=0)
favourite = counts.loc[due["profile_id"]].idxmax(axis=1)
print(favourite.value_counts().to_dict())

# %% [markdown]
# So one reminder about beans and one about filter coffee will do. And visits (*bezoeken*)? They show interest before there is any order:

# %%
visits_often = did("active_on_site", at_least=3, within="last 30 days")
curious = visits_often & never("placed_order")
print(view.say(curious, "en"))
print(f"{view.count(curious)} people")
seen = everyone["last_site_event_on"].notna()
print(f"Ever seen on the site: {seen.mean():.0%} of all {len(seen):,}")

# %% [markdown]
# The last line is a warning. A visit is recorded only of who allows it. The others may come by every day, unseen.
#
# <details><summary>A customer orders every 20 days, and ordered 70 days ago. A win-back mail, or a reminder? Think, then unfold.</summary>
#
# Three and a half gaps: not late but gone. "Your coffee is nearly finished" would sound odd. Ask what changed, tell what is new, and
# let a discount come last. And write sooner next time: in the picture, far more of the late came back than of the gone.
# </details>
#
# ## What can go wrong
#
# - **An edge that moves.** "In the last 30 days": is day 30 in or out? Is the day the shop's, or UTC's? Write it down; one day off is
#   nobody's fault and everybody's quarrel.
# - **A rhythm out of two gaps.** A holiday or one large order upsets it. The more orders, the more it is worth.
# - **No visit seen is not no visit.** Never punish somebody for browsing unseen.
#
# ## Take away
#
# 1. Recency, frequency and money are three numbers, worked out from orders, that you can check by hand; say which orders count, and whose day it is.
# 2. Silence means something only beside a customer's own rhythm: late for one is early for another.
# 3. Orders tell when to write, categories what about, and visits who is interested though nothing was bought.
#
# In the audit report this is the chapter *Value and rhythm*. Next: lesson 5, engagement, and what Apple did to opens.
