# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 1. One newsletter for all
#
# *About 30 minutes. You need: this notebook, and the bakery shop that comes with the kit.*
#
# Jan has a bakery with a webshop. Every week he writes a newsletter and sends it to everyone who ever signed up.
# "Mailing one more person costs me nothing," he says. "So why would I leave anybody out?"
#
# After this lesson you can
# - say what a blast to everyone really costs, in mails that nobody reads;
# - split a base into a few groups that ask for different mail;
# - say what would change if each group got its own.

# %% [markdown]
# ## The data
#
# The bakery has two years of orders, mails and website visits. All names in it are invented.
# A *profile* is one e-mail address. We look at it as of 31 October 2026: nothing after that day exists for us.

# %%
import pandas as pd

from segkit.notebook import bars, check, demo_shop

shop = demo_shop()
view = shop.at("2026-10-31")

# %% [markdown]
# `view.features()` is one table with one row per profile: what each bought, read and visited, and whether you may mail it.

# %%
features = view.features()
print(f"{len(features):,} profiles, {len(features.columns)} features each")

# %%
features[["order_count", "revenue", "recency_days", "engaged_days", "email_received_count_90d", "is_mailable"]].head(4)

# %% [markdown]
# `engaged_days` counts the days since somebody last opened or clicked a mail. Opens that Apple's mail app loads by itself do
# not count, so an empty cell means: no sign of a human reader, ever.

# %% [markdown]
# ## What a blast costs
#
# **Predict first.** Of everyone Jan may mail, which share opened or clicked anything in the last 90 days? Write your guess
# down before you run the next cell.

# %%
mailable = features[features["is_mailable"]]
reads = (mailable["engaged_days"] <= 90).fillna(False)
print(f"{len(mailable):,} profiles may be mailed; {reads.sum():,} of them ({reads.mean():.0%}) read something in 90 days")

# %% [markdown]
# Most people guess higher. The rest did not unsubscribe. They are silent, and silence costs: mailbox providers see that
# mail goes unread, and start to put the next one in the spam folder, also for the people who do read.

# %%
mails = mailable["email_received_count_90d"]
print(f"{mails.sum():,} mails in 90 days, {mails.mean():.1f} for each mailable profile")

# %% [markdown]
# ### Exercise 1a
#
# Which share of those mails went to silent profiles? `silent` holds them. Replace the dots by a calculation or a number.

# %% tags=["exercise"]
silent = mailable[~reads]
share_of_mails = silent["email_received_count_90d"].sum() / mails.sum()  # answer
check("1a", share_of_mails)

# %% [markdown]
# The picture puts the mails beside what came back. Silent people do buy: some of them without ever opening a mail, some
# read in an app that hides it. What you cannot say from these figures is that the mail had a part in it.

# %%
to_silent, bought_silent = 1 - mails[reads].sum() / mails.sum(), 1 - mailable["revenue_365d"][reads].sum() / mailable["revenue_365d"].sum()
finding = f"Silent profiles get {to_silent:.0%} of the mails and bring {bought_silent:.0%} of a year's revenue."
bars(["of the mails", "of the revenue"], [to_silent, bought_silent], [f"{to_silent:.0%}", f"{bought_silent:.0%}"], finding)

# %%
print(finding)

# %% [markdown]
# ## Three groups
#
# Jan need not write a hundred newsletters. Three groups already ask for three different mails. Each is a *segment* with an
# exact rule, so that tomorrow it holds other people without anybody touching it:
#
# | segment | rule | mail |
# |---|---|---|
# | `active_customers` | bought in the last 30 days | what goes with what they bought |
# | `sleeping_customers` | last bought 90 to 180 days ago | we miss you |
# | `not_yet` | never bought | a first step: a sample, a story |
#
# **Predict:** which of the three is the largest?

# %%
groups = ["active_customers", "sleeping_customers", "not_yet"]
sizes = [view.count(group) for group in groups]
dict(zip(groups, sizes, strict=True))

# %%
largest = max(sizes)
finding = f"The largest of the three groups, {largest:,} profiles, never bought anything."
bars(groups[::-1], sizes[::-1], [f"{size:,}" for size in sizes[::-1]], finding)

# %%
print(finding)

# %% [markdown]
# Where does "active" end? Thirty days is a choice. Move the slider (the arrow keys work too) and watch who comes in.

# %%
from segkit.notebook.slider import recency_slider

recency_slider(view, days=30)

# %% [markdown]
# A newsletter for everyone speaks to none of them in particular. Look at what the groups did, on average, per profile:

# %%
of_group = {group: features[features["profile_id"].isin(view.members(group)["profile_id"])] for group in groups}
what = ["order_count", "revenue_365d", "email_received_count_90d"]
pd.DataFrame({group: people[what].mean().round(2) for group, people in of_group.items()}).T

# %% [markdown]
# ### Exercise 1b
#
# Jan wants to send one win-back mail with a small gift. Which segment gets it?

# %% tags=["exercise"]
group_to_win_back = "sleeping_customers"  # answer
check("1b", group_to_win_back)

# %% [markdown]
# ## What changes
#
# Suppose Jan keeps mailing the readers as before, and sends the silent ones only every fourth newsletter.

# %%
saved = round(silent["email_received_count_90d"].sum() * 3 / 4)
print(f"{saved:,} of {mails.sum():,} mails in 90 days are not sent: {saved / mails.sum():.0%}")

# %% [markdown]
# Nothing is lost for ever: who opens one of the fewer mails is a reader again the same day, because the segment is worked
# out anew each time. And the readers get their mail in the inbox rather than among the spam.
#
# ## What can go wrong
#
# - **Silent is not the same as gone.** Somebody may read every mail in an app that hides it. Mail less before you stop.
# - **Groups differ because people differ**, not because of the mail you send them. Whether a mail *works* you only learn
#   with a control group; that is lesson 7.
# - **A list made by hand grows old.** Export `active_customers` today and it is wrong within a month.
#
# ## Take away
#
# 1. A mail to somebody who never reads is not free: it is paid for by the readers.
# 2. Three groups with an exact rule beat one list for all.
# 3. First measure who reads, then decide who gets less.
#
# In the audit report this is the chapter *Who is in the base*. Next: lesson 2, recency, frequency and value.
