# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 3. The data: what a delivery contains, and what it hides
#
# *About 40 minutes. You need: lesson 1, and the delivery of Mieke's bakery that comes with the kit.*
#
# Mieke, Jan's sister, has a smaller bakery with a webshop. She sends you a folder. "That is everything," she writes. "How many
# customers do I still have, and who never reads my mail?" The folder cannot answer either question yet. It will not say so by
# itself.
#
# After this lesson you can
# - read a receipt (*ontvangstbewijs*): what became of every row that was delivered;
# - find what is missing: a file that broke off, weeks that are not there yet;
# - tell "nobody" from "nobody knows", and ask for the right file.

# %% [markdown]
# ## The data
#
# A delivery (*levering*) is the set of files that a shop hands over. Mieke's comes from Shopify, her webshop's system: orders,
# customers and products, each exported in two files. Everyone in them is invented. We know what was done to the files too, and
# look at that answer key (*antwoordsleutel*) later.

# %%
import pandas as pd

from segkit.notebook import bars, check, compare, lesson_shop, shop_folder
from segkit.shop import can_and_cannot

shop = lesson_shop("exports/shopify")
receipts = shop.receipts().set_index("file")
receipts[["rows_read", "kept", "mended", "set_aside", "refused"]]

# %% [markdown]
# This is the receipt. Each row that was read got one verdict: kept (*behouden*), mended (*hersteld*: used, after a repair), set
# aside (*apart gelegd*: fine, but not needed) or refused (*geweigerd*: cannot be used). The four always add up to `rows_read`.
#
# **Predict first.** How many orders do the two `orders_export` files hold, do you think? Look at their rows, and put a number in
# the place of the dots.

# %% tags=["prediction"]
guess = 2000  # answer

# %%
tables = shop.store.folder
orders = pd.read_parquet(tables / "orders.parquet")
lines = pd.read_parquet(tables / "order_items.parquet")
rows = receipts.filter(like="orders_export", axis="index")["rows_read"].sum()
print(f"{rows:,} rows, {len(lines):,} order lines, {len(orders):,} orders")
compare(guess, len(orders))

# %% [markdown]
# Shopify writes one row per order line (*orderregel*), so an order of three products takes three rows. Count rows as orders, and you
# tell Mieke of about twice as many as there are. (`Total`, what an order came to, stands on its first row only.) What about the
# rows that were not kept?

# %%
reasons = pd.json_normalize(shop.load["receipts"], "kinds", ["file"])
reasons = reasons[reasons["verdict"] != "kept"]
reasons[["file", "verdict", "kind", "rows"]].reset_index(drop=True)

# %% [markdown]
# - `overlap` (*overlap*): the two files share a stretch. Those rows count once. Whoever simply puts the files under each other
#   counts them double, and sees customers who never were that loyal.
# - `picture`: a product file has a row for each picture as well; that is no product.
# - `not_split`: the row cannot be cut into columns. One in every file, and that is odd.
#
# Refused rows go into quarantine (*quarantaine*): a file beside the tables, with the line and the reason.

# %%
refused = pd.read_csv(shop.quarantine / "orders_export_2.csv.refused.csv")
print(f"line {refused['line'][0]}: {refused['reason'][0]}")
print("... " + refused["Name"][0][-70:])

# %% [markdown]
# You see how the row ends: in the middle, with fewer columns than it needs. It is the last of its file. So the file broke off (*is
# afgebroken*), perhaps because a download was cut short. That is the first thing a delivery hides: a receipt counts what was read,
# and **what came after the break was never there to be read.** One row refused; how many are gone?
#
# ## An order is not a purchase
#
# Before we count, look at what kinds of orders there are. `is_test` marks test orders (*testbestellingen*), with which Mieke
# tried her checkout. `purchases` counts those that are real, not cancelled and not wholly paid back.

# %%
kinds = orders.groupby(["status", "is_test"])["counts_as_purchase"]
real = orders[~orders["is_test"]]
print(f"{len(orders):,} orders, {len(real):,} of them real")
print(f"{orders['counts_as_purchase'].sum():,} purchases")
kinds.agg(["size", "sum"]).set_axis(["orders", "purchases"], axis="columns")

# %% [markdown]
# ## A second witness
#
# How do you find rows that are not there? Ask somebody else. The customers' files say how many orders each customer ever placed,
# by Shopify's own count, without tests. Lay them beside the orders that you got. But these files broke off too, so some people
# are missing from them: the witness knows nothing of those, and they are not in `both`.

# %%
customers = pd.read_parquet(tables / "profile_snapshots.parquet")
said = customers.groupby("profile_id")["orders_count"].sum().rename("said")
found = real.groupby("profile_id").size().rename("found")
both = said.to_frame().join(found).fillna(0).astype(int)
print(f"{len(customers)} customers' rows are of {len(said)} people")
print(f"{len(real) - both['found'].sum()} of the real orders are of others")
both[both["said"] > both["found"]].head()

# %% [markdown]
# Some people were in the file twice, once with their address in capitals: one person, so their counts belong together. And
# notice `fillna(0)`. Here it is right: we *have* a table of orders, and these people are in none of it.
#
# ### Exercise 3a
#
# Of the people in `both`: how many orders does Shopify know of that Mieke's delivery lacks? `both["said"].sum()` adds up a column.

# %% tags=["exercise"]
lost = both["said"].sum() - both["found"].sum()  # answer
check("3a", lost)

# %% [markdown]
# ## The last day
#
# Now the second thing a delivery hides. Coverage (*dekking*) says for every table how many rows there are, where it can from which
# day to which, and why a table holds nothing: most reasons say that no file told of it. `profile_snapshots` holds only a vendor's
# totals (`vendor_aggregates_only`): our second witness. `profiles` counts people of whichever file. Look at `orders`.

# %%
coverage = pd.DataFrame(can_and_cannot(shop)["coverage"]).set_index("table")
last_day = coverage.loc["orders", "to"]
coverage[["rows", "from", "to", "reason"]].fillna("")

# %%
month = orders["ordered_on"].astype(str).str[:7]
months = month.value_counts().sort_index().tail(6)[::-1]
finding = "Orders in {}: {}; in {}: {}."
finding = finding.format(months.index[0], months.iloc[0], months.index[1], months.iloc[1])
print(finding, "Last day:", last_day)
bars(months.index, months, months.astype(str), finding)

# %% [markdown]
# A terrible October? No: half an October. Mieke exported her orders in the middle of the month. Look at them on 31 October, and
# customers may seem to have stopped buying, only because their latest orders are not here.

# %%
too_late = shop.at("2026-10-31")
print(f"active customers on 31 October: {too_late.count('active_customers')}")
print(too_late.say("active_customers", "en"))

# %% [markdown]
# ### Exercise 3b
#
# Stand where the data stand. How many active customers (*actieve klanten*) does Mieke have as of `last_day`? In the place of the
# dots: do as in the cell above, with another day.

# %% tags=["exercise"]
active = shop.at(last_day).count("active_customers")  # answer
check("3b", active)

# %% [markdown]
# Were we right, twice? This shop is made up, so the answer key knows every real order that was placed.

# %%
key = shop_folder("exports") / "truth"
placed = pd.read_parquet(key / "orders.parquet").query("kind != 'test'")
faults = pd.read_parquet(key / "faults.parquet").query("fault == 'right_censored'")
later = placed["order_id"].isin(faults["row_id"]).sum()
print(f"{len(placed):,} placed: {len(real):,} delivered, {later} after the last day,")
print(f"{len(placed) - len(real) - later} lost where a file broke off")

# %% [markdown]
# The second witness found each lost order, and coverage told of the later ones. We could not be sure of that before: orders of
# people who are missing from the customers' files might have been lost as well. So 3a was "at least", until the key told. The lost orders are Mieke's oldest: Shopify writes the
# newest first, so the second file ends where her history begins. The first file broke off too, but what it lost stood in the
# second as well: that is the good side of an overlap.
#
# ## Absent is not zero
#
# On to the other question: who never reads Mieke's mail?
#
# **Predict:** of everyone in this delivery, how many read a mail in the 90 days up to the last day? Type a number such as "100", or
# "unknown", between quotes.

# %% tags=["prediction"]
guess = "0"  # answer

# %%
view = shop.at(last_day)
asked = ["active_customers", "engaged_recently", "window_shoppers", "dead_weight"]
compare(guess, "unknown")
counted = view.count_all().set_index("segment")
counted.loc[asked, ["members", "status", "reason"]]

# %% [markdown]
# A webshop's system knows nothing about mail. A zero would be a claim: *nobody reads*. So segments that rest on mail or on visits
# get no number (`<NA>`) but a reason, and `view.count("dead_weight")` would stop with an error. The personas (*persona's*: kinds of
# customers, lesson 8) do the same: those who have not bought for over a year, or never did, and whose reading nobody knows, go to a
# group of their own.

# %%
before = view.personas().set_index("profile_id")["persona"]
unknown = before.index[before == "engagement_unknown"]
print(f"{len(unknown)} of {len(before)} people: engagement_unknown")

# %% [markdown]
# Fill in zeros, and each of them "never read a thing": the persona *dead weight* (in the Dutch report *dood gewicht*), whom one might
# stop mailing. So instead you ask Mieke for the missing files, and a second delivery comes, from Klaviyo, her mail platform. It
# holds mail events (*mailgebeurtenissen*): each mail received, opened or clicked.
#
# **Predict:** what share of those unknown people is dead weight, now that their mail is known? Type 0.25 for a quarter.

# %% tags=["prediction"]
share = 0.8  # answer

# %%
whole = lesson_shop("exports")
after = whole.at(last_day).personas().set_index("profile_id")["persona"]
turned_out = after[after.index.isin(unknown)]
mails = whole.load["rows"]["email_events"]
print(f"{len(whole.receipts())} files, {mails:,} mail events")
compare(share, (turned_out == "dead_weight").mean(), "share")
turned_out.value_counts().to_frame("people")

# %% [markdown]
# `false_starts` read often, but long ago; `almost_there` reads and never bought; `window_shoppers` look around in the shop. Each asks
# for a mail of its own, as do the other names; lesson 8 meets them all.
#
# A few of the unknown are not in this table. Klaviyo knows that they signed up after the last day, so the customers' files were
# exported later than the orders. (In a real shop their counts would then hold the newest orders as well. Here they stop where the
# orders do, so that the two witnesses speak of the same days.)
#
# ### Exercise 3c
#
# Whom would a zero have thrown out by mistake? Those in `turned_out` who are no dead weight. `turned_out == "dead_weight"` says yes or
# no for each person, `!=` the other way round; `turned_out[...]` keeps the people for whom it is yes, and `.index` gives their
# addresses.

# %% tags=["exercise"]
by_mistake = turned_out[turned_out != "dead_weight"].index  # answer
check("3c", by_mistake)

# %% [markdown]
# <details><summary>Klaviyo knows orders too. Why not add them to Shopify's, and be rid of the holes?</summary>
#
# Because nearly all of them are the same orders, and would count double. The kit takes orders from one system and sets those of
# the other aside; on the receipt these rows are called `told_elsewhere`. The better cure is a new export.
# </details>
#
# <details><summary>Some people are known from their orders only, as their row in the customers' file is lost. May Mieke mail them?</summary>
#
# Nobody knows, so no. No record of consent (*toestemming*) is not a yes. It is not a no for ever either: the new export will tell.
# </details>
#
# ## What it means for the mail
#
# Write back to Mieke *before* the first segment: the files broke off, and the orders stop in the middle of October; please export
# again, the whole history, up to the end of the month. It costs her ten minutes. A "we miss you" to people who bought last week
# costs more.
#
# ## What can go wrong
#
# - **The newest row is not the last day.** A quiet shop may sell nothing for days. Ask when the export was made.
# - **Half a table.** A mail log of one month is delivered, so nothing is refused; and whoever read before it seems never to have
#   read. Look at `from` as well as at `to`.
# - **No second witness.** Then compare with what the owner knows: a month's turnover in the bookkeeping, the number of subscribers.
#
# ## Take away
#
# 1. Read the receipt first: rows read are kept, mended, set aside or refused, and what was never delivered stands nowhere.
# 2. Stand where the data stand: after the last day of a table, people seem gone who are not.
# 3. Absent is not zero. "Unknown" is an answer, and the next file to ask for.
#
# In the audit report this is the chapter *Can the data carry this?*, with a receipt for each file. Next: lesson 4, behaviour: orders, visits and categories.
