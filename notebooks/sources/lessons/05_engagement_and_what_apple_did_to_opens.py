# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 5. Engagement, and what Apple did to opens
#
# *About 40 minutes. You need: this notebook, and the shop Atelier Nord that comes with the kit. Lesson 1 shows how a
# notebook is run.*
#
# Nora's shop Atelier Nord sells linen and cushions in five countries. Her mail tool says that more than half of all her
# mails get opened. "Hardly any shop reads so well," she says. "So why does nobody click?"
#
# After this lesson you can
# - tell an open (*open*) by a person from one by a machine, and a click (*klik*) likewise;
# - say what a segment becomes when machines count, and when they do not;
# - estimate how many people read without your seeing it, and keep them from being thrown out.

# %% [markdown]
# ## The data
#
# You need not read the code between: run it, and read what it prints. Only the lines with dots are yours. The shop has two
# years of orders, mails and visits; everyone in it is invented, so there is an answer key (*antwoordsleutel*)
# that says who really read. We stand at 31 October 2026.
# The mail log (*maillog*) is one table with a row for each thing that happened to a mail.

# %%
import pandas as pd

from segkit.notebook import bars, check, compare, lesson_shop, shop_folder
from segkit.segments import did

view = lesson_shop("international").at("2026-10-31")
folder = shop_folder("international")
log = pd.read_parquet(next(folder.glob("canonical/*/email_events.parquet")))

# %%
kind = ["event_type", "is_machine_open", "is_bot_click"]
asked = log["event_type"].isin(["sent", "received", "opened", "clicked"])
shown = ["event_type", "client_name", "is_machine_open", "is_bot_click"]
log[asked].drop_duplicates(kind)[shown]

# %% [markdown]
# Here is one row of each kind. `sent` left the shop; `received` came in, and is what *delivered* (*afgeleverd*) means.
# `client_name` is the app in which it happened. The last two columns are marks that the mail platform puts on an open and on
# a click: `True` for a machine, `False` for a person. Other rows carry no mark.
#
# ## Half of all mails opened
#
# The open rate (*openingspercentage*) is the share of delivered mails that were opened, each mail counted once. Here it is for the last
# 90 days, as Nora's tool works it out.

# %%
recent = log[log["occurred_at"] >= "2026-08-02"]
once = ["profile_id", "message_id"]
delivered = recent[recent["event_type"] == "received"].drop_duplicates(once)
opens = recent[recent["event_type"] == "opened"]
opened = opens.drop_duplicates(once)
print(f"{len(delivered):,} mails delivered, {len(opened):,} opened")
print(f"open rate: {len(opened) / len(delivered):.1%}")

# %% [markdown]
# How does a tool know that a mail was opened? Each mail holds an invisible picture, the tracking pixel (*trackingpixel*).
# An app that shows the mail fetches it, and that is called an open.
#
# In September 2021, with iOS 15, Apple changed this. On an iPhone, iPad, Mac or watch with Mail Privacy Protection
# (*Privacybescherming in Mail*), Apple's own machines fetch the pictures of nearly every mail soon after it comes in, whether
# or not anybody ever looks at it. To the tool that is an open: a machine open (*machine-open*). And when somebody does look,
# Apple shows the pictures it already has, so that nothing more is seen.
#
# **Predict first.** Of the mails that count as opened here, what share did a person open, as far as the marks can tell?

# %% tags=["prediction"]
guess = 0.6  # answer

# %%
by_people = opens[opens["is_machine_open"].eq(False)].drop_duplicates(once)
print(f"opened by people: {len(by_people):,}")
print(f"open rate by people: {len(by_people) / len(delivered):.1%}")
compare(guess, len(by_people) / len(opened), "share")

# %% [markdown]
# Clicks suffer less, but not nothing. Companies and schools let a security scanner (*beveiligingsscanner*) try the links in
# a mail before it is handed over. Such a bot click (*botklik*) gives itself away: it comes at once. These are the minutes
# between delivery and click, as a median (*mediaan*: half of them are quicker).

# %%
clicks = recent[recent["event_type"] == "clicked"]
came = delivered.set_index(once)["occurred_at"].rename("came_at")
after = clicks.join(came, on=once, how="inner")
minutes = (after["occurred_at"] - after["came_at"]).dt.total_seconds() / 60
minutes.groupby(after["is_bot_click"]).agg(["size", "median"]).round(1)

# %%
human = clicks[clicks["is_bot_click"].eq(False)]
mails = [opened, by_people, clicks.drop_duplicates(once), human.drop_duplicates(once)]
rates = [len(table) / len(delivered) for table in mails]
texts = [f"{rate:.1%}" for rate in rates]
finding = "Opened {}, by people {}; clicked {}, by people {}.".format(*texts)
names = ["opened", "opened by people", "clicked", "clicked by people"]
print(finding)
bars(names, rates, texts, finding)

# %% [markdown]
# There is Nora's answer. It is not that her readers never click: most of her "opens" were made by a machine, and say nothing
# about a reader. The clicks by people are everybody's, those of Apple's readers too, for Apple fetches pictures and leaves
# links alone.
#
# ## What it does to a segment
#
# Engagement (*betrokkenheid*) is whether somebody reacts to your mail. Nora made a segment for it, called `opened`. `say` reads
# a definition aloud, and `engagement` tells how many members reacted in the last 90 days: by people's opens and clicks, and by
# all of them.

# %%
print(view.say("opened", "en"))
shown = ["reactions", "members", "engaged", "share"]
reacted = view.engagement("opened")[shown].set_index("reactions")
reacted.round(2)

# %% [markdown]
# ### Exercise 5a
#
# How many members of `opened` are there through a machine only, so without any open or click by a person in the last 90 days?
# Replace the dots by a number, or by a calculation with the numbers in the table.

# %% tags=["exercise"]
# answer
people = reacted.loc["by_people"]
only_machines = people["members"] - people["engaged"]
# /answer
check("5a", only_machines)

# %% [markdown]
# The kit's own segments leave machines out. `machine_sensitivity` asks what each would be if they counted.
#
# **Predict:** `dead_weight` (*dood gewicht*) holds those who neither read nor bought lately, and whom one might stop
# mailing. If Apple's opens count, does it `"grow"` or `"shrink"`? Type one of the two words, with its quotes.
#
# Beside it stand `opened`, `engaged_recently` (opened or clicked in the last 90 days) and `almost_there` (reads often, and
# lately, but never bought).

# %% tags=["prediction"]
direction = "grow"  # answer

# %%
asked = ["engaged_recently", "almost_there", "dead_weight", "opened"]
moved = pd.DataFrame({name: view.machine_sensitivity(name) for name in asked}).T
dead = moved.loc["dead_weight"]
compare(direction, "shrink" if dead["lost"] > dead["gained"] else "grow")
moved

# %% [markdown]
# Count machines, and who never looks passes for a reader: the readers swell, and the dead weight melts away, for a machine
# never tires. That is how a shop goes on mailing people who left long ago. Nothing moves in the last row: `opened` never left
# machines out, so there is nothing to put back. `is_concerned` says so.
#
# ## Who reads, and hides it
#
# So leave the machines out and be done? Not quite: whoever reads in Apple's mail app now leaves no open of their own. Such a
# reader is seen only after a click, or after reading on another device.
#
# **Predict:** of the people whom Nora may mail, what share uses Apple's app?

# %% tags=["prediction"]
share = 0.3  # answer

# %%
features = view.features()
mailable = features[features["is_mailable"]].reset_index(drop=True)
apple = mailable["machine_open_count_90d"] > 0
compare(share, apple.mean(), "share")
reads = (mailable["engaged_days"] <= 90).fillna(False)
with_apple, without = reads[apple].mean(), reads[~apple].mean()
print(f"seen reading: {with_apple:.0%} with Apple, {without:.0%} without")

# %% [markdown]
# We took everyone for an Apple reader for whom a machine opened something in 90 days. Is that right? And are Apple's readers
# really so much lazier? No real shop can look that up. This one can: the answer key knows who uses Apple's app, and each mail
# that was truly read.

# %%
truth = pd.read_parquet(folder / "truth/customers.parquet").set_index("profile_id")
known = truth.loc[mailable["profile_id"]].assign(taken_for_apple=apple.to_numpy())
pd.crosstab(known["taken_for_apple"], known["is_apple_reader"])

# %%
got = log[log["event_type"] == "received"].groupby("profile_id").size()
counted = ["mails_read", "mails_read_unseen", "received"]
reading = known.assign(received=got).groupby("is_apple_reader")[counted].sum()
read, unseen, received = (reading[name] for name in counted)
shares = {"share_read": read / received, "share_unseen": unseen / read}
reading.assign(**shares).round(3)

# %% [markdown]
# Two things stand in these tables. Whoever was taken for an Apple reader truly is one, and hardly any is missed. And Apple's
# readers read about as large a share of their mail (`share_read`) as the others; only, most of it goes unseen (`share_unseen`).
#
# ### Exercise 5b
#
# That gives a way to estimate what you cannot see, also without a key. Suppose that Apple's readers are as often readers
# as the others, so that the same share of them read in the last 90 days. How many of them then read without being seen?
# `apple` and `reads` hold a yes or no for each person: `apple.sum()` counts Apple's readers, `reads[apple].sum()` those of them who were seen, `reads[~apple].mean()` is the share of
# the others who were. Near enough is good enough here: with the rounded percentages above you come close too.

# %% tags=["exercise"]
hidden = reads[~apple].mean() * apple.sum() - reads[apple].sum()  # answer
check("5b", hidden)

# %% [markdown]
# <details><summary>What open rate would you tell Nora: with machines, by people, or a third one?</summary>
#
# A third: the rate among readers without Apple's app, which the next cell works out first. With machines it is far too high; by people, over everyone, too low, as
# Apple's readers cannot be seen. Those without Apple's app are a thermometer for the rest, as long as the two read alike.
#
# </details>
#
# ## What it means for the mail
#
# Nobody can say *which* of the silent Apple readers read. So do not throw them out for silence alone. Look for other signs of
# life (*levensteken*): an order, or a visit to the shop.

# %%
others = mailable.loc[~apple, "profile_id"]
got, read = (table["profile_id"].isin(others).sum() for table in (delivered, by_people))
print(f"open rate of those without Apple's app: {read / got:.1%}")
silent = mailable[~reads]
alive = (silent["order_count_90d"] > 0) | (silent["site_event_count_90d"] > 0)
careful = silent["profile_id"].isin(view.members("dead_weight_safe")["profile_id"])
print(f"silent: {len(silent):,}; bought or visited all the same: {alive.sum():,}")
print(f"careful form: {careful.sum():,}, with Apple {(careful & apple[~reads]).sum():,}")
print(view.say("dead_weight_safe", "en"))

# %% [markdown]
# `dead_weight_safe` is the careful form of dead weight. Of those whom it leaves, write to Apple's readers once more, with
# something to click ("yes, keep me on the list"), before you stop: a click cannot hide.

# %% [markdown]
# ### Exercise 5c
#
# Mend Nora's segment: everyone who, in the last 30 days, opened a mail *or* clicked in one, machines left out of both.
# `did("opened_email", where={"apple_privacy_open": False}, within="last 30 days")` is the first half; for a click it is
# `"clicked_email"` and `"bot_click"`. Join the halves with `|`, which means *or*, and put them in `view.members(...)`. Names of
# things that happen stand between quotes; `False` has a capital and no quotes.

# %% tags=["exercise"]
# answer
readers = view.members(
    did("opened_email", where={"apple_privacy_open": False}, within="last 30 days")
    | did("clicked_email", where={"bot_click": False}, within="last 30 days")
)
# /answer
check("5c", readers)

# %% [markdown]
# <details><summary>Nora sends a reminder to everyone who did not open her mail within two days. Who never gets it?</summary>
#
# Apple's readers: a machine "opened" for them. Where it matters, let the reminder wait for a click or an order instead.
#
# </details>
#
# ## What can go wrong
#
# - **Some opens carry no mark.** Klaviyo marks Apple's opens since 20 November 2021; earlier ones, and those of tools that mark
#   nothing, are of unknown origin. The kit never counts them as a person's.
# - **A subject line that "wins" on opens** may have won among machines. Judge by clicks, or by orders.
# - **Clicks alone are too few.** Many read and never click; with clicks only, you would throw them out too.
#
# ## Take away
#
# 1. An open is a picture that was fetched. Ask who fetched it.
# 2. Count machines and the dead look alive; leave them out and some who live look dead. Know both numbers.
# 3. A click, an order or a visit is a sign of life; silence in Apple's mail is no sign of anything.
#
# In the audit report this explains *Engaged* in the chapter *Who is in the database*, and the table *with machines* in *Segments
# against the rest*. Next: lesson 6, windows and dynamic segments.
