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
# *About 35 minutes. You need: this notebook, and the bakery shop that comes with the kit. New words have their Dutch
# beside them. Run a cell with Shift+Enter, one after the other, and read on before you run the next.*
#
# Jan has a bakery with a webshop. Every week he writes a newsletter and sends it to everyone who ever signed up.
# "Mailing one more person costs me nothing," he says. "So why would I leave anybody out?"
#
# After this lesson you can
# - say what a blast (*massamailing*: the same mail to everyone) really costs, in mails that go unread;
# - split a base (*adressenbestand*: everyone a shop knows) into a few groups that ask for different mail;
# - say what would change if each group got its own.

# %% [markdown]
# ## The data
#
# The bakery has more than two years of orders, mails and website visits. All names in it are invented.
# A *profile* (*profiel*) is one e-mail address. We look at it as of 31 October 2026: nothing after that day exists for us.

# %%
import pandas as pd

from segkit.notebook import bars, check, compare, demo_shop

shop = demo_shop()
view = shop.at("2026-10-31")

# %% [markdown]
# `view.features()` is one table with one row per profile: what each bought, read and visited, and whether you may mail it.

# %%
features = view.features()
print(f"{len(features):,} profiles, {len(features.columns)} columns each")

# %%
shown = ["order_count", "revenue", "recency_days", "engaged_days", "is_mailable"]
features[shown].head(8)

# %% [markdown]
# `recency_days` counts the days since the last order. `engaged_days` counts the days since somebody last opened or clicked
# a mail. Opens that Apple's mail app makes by itself do not count, so `<NA>` means: no sign of a human reader in all that time.
# `is_mailable` (*mailbaar*) says whether this person agreed to get mail and still does.

# %% [markdown]
# ## What a blast costs
#
# **Predict first.** Of everyone Jan may mail, what share opened or clicked anything in the last 90 days? Put your guess in the
# place of the dots, such as 0.25 for a quarter. A guess is never wrong; it shows you afterwards what you took for granted.

# %% tags=["prediction"]
guess = 0.6  # answer

# %%
mailable = features[features["is_mailable"]]
reads = (mailable["engaged_days"] <= 90).fillna(False)
print(f"{len(mailable):,} profiles may be mailed")
print(f"{reads.sum():,} of them ({reads.mean():.0%}) read something in 90 days")
compare(guess, reads.mean(), "share")

# %% [markdown]
# Whatever you guessed: the others did not unsubscribe; they are *silent* (*inactief*), and they get every newsletter.

# %%
mails = mailable["email_received_count_90d"]
print(f"{mails.sum():,} mails in 90 days, {mails.mean():.1f} for each mailable profile")

# %% [markdown]
# ### Exercise 1a
#
# How many mails did Jan send to silent profiles for each order that these profiles placed in the same 90 days? `silent`
# holds them, one row each. Its column `"email_received_count_90d"` counts their mails, `"order_count_90d"` their orders, and
# `silent["order_count_90d"].sum()` adds one up. Replace the dots by a calculation, or by a number such as 12.5. A wrong guess
# costs nothing: it gets you a hint.

# %% tags=["exercise"]
silent = mailable[~reads]
# answer
mails_per_order = (
    silent["email_received_count_90d"].sum() / silent["order_count_90d"].sum()
)
# /answer
check("1a", mails_per_order)

# %% [markdown]
# Sending one more mail costs next to nothing, which is why nobody minds. The real price comes later: mailbox providers
# (Gmail, Outlook and the like) see that mail goes unread, and start to put the next one in the spam folder, also for the
# people who do read.
#
# The picture puts the mails beside the money. Silent people do buy: some without ever opening a mail, some read in an app
# that hides it. These figures cannot say that the mail had a part in it.

# %%
mails_to_silent = 1 - mails[reads].sum() / mails.sum()
money = mailable["revenue_365d"]
money_from_silent = 1 - money[reads].sum() / money.sum()
shares = [mails_to_silent, money_from_silent]
texts = [f"{share:.0%}" for share in shares]
finding = f"Silent: {texts[0]} of the mails, and {texts[1]} of a year's revenue."
bars(["of the mails", "of a year's revenue"], shares, texts, finding)

# %%
print(finding)

# %% [markdown]
# ## Three groups
#
# Jan need not write a hundred newsletters. Three groups already ask for three different mails. Each is a *segment* (*segment*)
# with an exact rule, so that tomorrow it holds other people without anybody touching it:
#
# | segment | Dutch | rule | mail |
# |---|---|---|---|
# | `active_customers` | actieve klanten | bought in the last 30 days | what goes with what they bought |
# | `sleeping_customers` | slapende klanten | last bought 90 to 180 days ago | we miss you |
# | `not_yet` | nog geen klant | never bought | a first step: a sample, a story |
#
# **Predict:** among those Jan may mail, which of the three is the largest? Give its name between quotes, such as "not_yet".

# %% tags=["prediction"]
largest = "active_customers"  # answer

# %%
groups = ["active_customers", "sleeping_customers", "not_yet"]
ids = {group: view.members(group)["profile_id"] for group in groups}
people = {group: mailable[mailable["profile_id"].isin(ids[group])] for group in groups}
sizes = pd.Series({group: len(people[group]) for group in groups})
sizes = sizes.sort_values(ascending=False)
print(f"{sizes.to_dict()}; in none of them: {1 - sizes.sum() / len(mailable):.0%}")
compare(largest, sizes.index[0])

# %%
finding = (
    f"The largest of the three groups, {sizes.iloc[0]:,} profiles, is {sizes.index[0]}."
)
bars(sizes.index, sizes, [f"{size:,}" for size in sizes], finding)

# %%
print(finding)

# %% [markdown]
# Who is in none of the three bought one to three months ago, or more than half a year ago: they keep the newsletter for now.
#
# Where does "active" end? Thirty days is a choice. Move the slider (the arrow keys work too) and watch who comes in. It counts
# all profiles, also those Jan may not mail.

# %%
from segkit.notebook.slider import recency_slider

recency_slider(view, days=30)

# %% [markdown]
# A newsletter for everyone speaks to none of them in particular. Look at each group's averages per profile: what they ordered, what
# they paid in the last year, and how many mails Jan *sent* them in 90 days.

# %%
what = ["order_count", "revenue_365d", "email_received_count_90d"]
pd.DataFrame({group: people[group][what].mean() for group in groups}).T.round(2)

# %% [markdown]
# Those who bought this month and those who never did could hardly differ more. The newsletter does not know them apart: they get
# nearly the same number of mails.
#
# ### Exercise 1b
#
# Jan wants to send a win-back mail (*win-backmail*: "come back") with a small gift to the sleeping customers whom he may mail,
# but only to those who ordered more than once. `sleepers[sleepers["revenue"] > 100]` keeps the rows of those who brought in more
# than 100 euro. Yours asks about `"order_count"`: replace the dots by those rows of `sleepers`.

# %% tags=["exercise"]
sleepers = people["sleeping_customers"]
gets_a_gift = sleepers[sleepers["order_count"] > 1]  # answer
check("1b", gets_a_gift)

# %% [markdown]
# ## What changes
#
# Suppose Jan keeps mailing the readers as before, and sends the silent ones only every fourth newsletter.

# %%
saved = round(silent["email_received_count_90d"].sum() * 3 / 4)
print(f"{saved:,} of {mails.sum():,} mails are not sent: {saved / mails.sum():.0%}")

# %% [markdown]
# Nothing is lost for ever: anyone who opens one of them is a reader again the same day, because the segment is worked out
# anew each time. And the readers' mail has a better chance of the inbox. Will the silent ones order less? A group that keeps
# getting everything would tell: a control group (*controlegroep*), in lesson 12.
#
# ## What can go wrong
#
# - **Silent is not the same as gone.** Somebody may read every mail in an app that hides it. Mail less before you stop.
# - **Groups differ because people differ**, not because of the mail you send them. Whether a mail *works* you only learn
#   with a control group.
# - **A list made by hand grows old.** Export `active_customers` today and it is wrong within a month.
#
# ## Take away
#
# 1. A mail to somebody who no longer reads is not free: it is paid for by the readers.
# 2. Three groups with an exact rule beat one list for all.
# 3. First measure who reads, then decide who gets less.
#
# In the audit report this is the chapter *Who is in the database*. Next: lesson 2, demographics, and why they are too coarse.
