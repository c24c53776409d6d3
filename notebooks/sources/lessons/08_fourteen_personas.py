# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 8. Fourteen personas
#
# *About 40 minutes. You need: this notebook, the bakery of lesson 1, and a piano shop; both come with the kit.*
#
# Jan read an article with fourteen ready-made personas (*persona*: a kind of customer with a name), from high rollers to dead
# weight. He built all fourteen. "Splendid," he says, "everybody has a place. Only, when I add them up I have far more people
# than I know."
#
# After this lesson you can
# - lay buyers out by how recently, how often and for how much they buy;
# - find where a set of segments overlaps (*overlap*) and where it has holes (*gaten*), and put everybody in one place only;
# - see when thresholds (*drempels*) do not fit a shop, and take them from its own buying rhythm (*koopritme*).

# %% [markdown]
# ## The data
#
# The bakery has two years of orders, mails and visits; the piano shop almost four. Nobody in them exists, and an answer
# key (*antwoordsleutel*) knows who is still a customer. We stand at 31 October 2026.

# %%
import numpy as np
import pandas as pd

from segkit.notebook import bars, check, compare, lesson_shop, shop_folder
from segkit.personas import partition
from segkit.segments import SegmentSet
from segkit.segments.library import literal_personas
from segkit.segments.lint import kinds

view = lesson_shop("demo").at("2026-10-31")

# %% [markdown]
# ## The grid
#
# The personas of those who buy come from three questions. How long ago was the last order: recency (*recentheid*)? How many
# orders were there: frequency (*frequentie*)? And is the average order above the shop's average order value (*gemiddelde
# bestelwaarde*)? Recency says most about tomorrow. Cut recency in three and the others in two, and you have a grid (*raster*) of
# twelve cells.

# %%
settings = view.rules.settings
recent, lapsed = settings["purchase_recent_days"], settings["purchase_lapsed_days"]
often = settings["purchase_often_count"]
buyers = view.features().query("order_count > 0")
days = buyers["recency_days"].astype(int)
age = pd.cut(days, [-1, recent, lapsed, np.inf], labels=["recent", "lapsed", "older"])
many = np.where(buyers["order_count"] >= often, f"{often} or more", "fewer")
high = np.where(buyers["is_high_value"], "high", "low")
print(f"recent: to {recent} days ago; lapsed: to {lapsed}; older: longer ago")
pd.crosstab(age, [many, high], colnames=["orders", "value"])

# %% [markdown]
# The top row is the money of tomorrow, the bottom row mostly a memory. Each cell asks for another mail: thank, tempt, win back.
#
# ## Fourteen personas
#
# The article gives eight of the twelve cells a name (*Just passing through* only from 180 days on, and we shall see what that
# leaves), and adds six personas for people who never bought or no longer read. The kit holds all
# fourteen as written. `goal` is what the mail should do; a weak win-back is tried on a sample (*steekproef*) first.

# %%
personas = view.personas()
flags = personas.filter(like="is_")
flags.columns = flags.columns.str.removeprefix("is_")
english, dutch = ([view.title(name, lang) for name in flags] for lang in ["en", "nl"])
goals = pd.Series({name: view.segments[name].goal for name in flags})
sizes = flags.sum()
pd.DataFrame({"English": english, "Dutch": dutch, "goal": goals, "profiles": sizes})

# %%
print(view.say("just_passing_through", "en"))
print(view.say("dead_weight", "en"))
print(f"together {sizes.sum():,}, in a base of {len(personas):,}")

# %% [markdown]
# The line about a sample says whom to try it on. The rest, the holdout (*controlegroep*), gets no mail, so that you can compare
# later: lesson 12. Where there are fewer people than the sample asks for, all of them are in it.
#
# **Predict first.** What share of all profiles is in exactly one of the fourteen?

# %% tags=["prediction"]
guess = 0.9  # answer

# %%
places = flags.sum(axis=1)
shares = [(places > 1).mean(), (places == 1).mean(), (places == 0).mean()]
compare(guess, shares[1], "share")
texts = [f"{share:.0%}" for share in shares]
finding = "In several personas: {}; in exactly one: {}; in none: {}.".format(*texts)
print(finding)
bars(["in several", "in exactly one", "in none"], shares, texts, finding)

# %% [markdown]
# ## Holes and overlaps
#
# Is that chance, in this shop? No: it is in the rules. Take every kind of person that the rules can tell apart: never bought,
# one or two orders or more, so long ago, high or low, reading or not, on the site or not. `kinds` goes through them all.
#
# **Predict:** there are 170 kinds. How many of them fit exactly one persona?

# %% tags=["prediction"]
in_one = 150  # answer

# %%
fourteen = SegmentSet(literal_personas(settings))
told = kinds(fourteen)
print(f"{told.kinds} kinds: {told.in_none} in none, {told.in_several} in several")
compare(in_one, told.by_segments[1])

# %% [markdown]
# `lint` looks for trouble in a set of segments. A `contradiction` is a kind of person with two goals that clash; a `hole` is a
# family of kinds that nobody thought of. `people` counts who they are in the bakery.

# %%
found = [one for one in view.lint(fourteen) if "kinds" in one.numbers]
rows = [{"key": one.key, "people": one.people, **one.numbers} for one in found]
trouble = pd.DataFrame(rows)
trouble[["key", "goals", "kinds", "people"]].fillna("")

# %% [markdown]
# `overlap` counts every kind in more than one persona, those of the rows above it included; the holes together are the kinds in
# none. Read the first row: those people are told "come back!" by one persona and struck off by another. Which of the two they get
# depends on who presses the button first.
#
# ### Exercise 8a
#
# Who are they? Give the rows of `personas` for everyone in at least one persona of `win_back` and in dead weight as well.
# `flags[win_back].any(axis=1)` says yes for who is in at least one; `flags["dead_weight"]` is the other half; `&` means *and*
# (the word `and` will not do between columns). `win_back` has no quotes: it is a list of names, made in the cell.

# %% tags=["exercise"]
win_back = list(goals[goals == "win_back"].index)
both = personas[flags[win_back].any(axis=1) & flags["dead_weight"]]  # answer
check("8a", both)

# %% [markdown]
# ## Everybody in one place
#
# What Jan wants is a partition (*sluitende indeling*: everybody in exactly one group). The kit makes one by asking in a fixed
# order: the first rule that fits is the one. The holes get names of their own, and a newcomer (*nieuwkomer*) gets a month before
# anybody calls them dead weight. One rule, with `mail_events`, is for a shop that delivered no mails.
#
# In the rules, `bought_recently`, `bought_not_recently` and `bought_long_ago` are the three rows of the grid; `buys_often` and
# `is_high_value` its columns. `passed_through` is the stretch of *Just passing through* that `say` read out above.

# %%
order = pd.Series({name: cell.when for name, cell in partition().items()}, name="rule")
count = personas["persona"].value_counts()
print(f"{len(order)} groups, {count.sum():,} profiles of {len(personas):,}")
with pd.option_context("display.max_colwidth", 70):
    print(order.to_string())

# %%
in_none = personas.loc[places == 0, "persona"]
print(in_none.value_counts().to_string())

# %% [markdown]
# There they are: former customers who still read, and people with an order or two who begin to cool. The article has no mail for
# them; the second group may need no more than a reminder.
#
# ### Exercise 8b
#
# Fatima ordered twice at Jan's, the last time five months ago, and little each time. She read a mail yesterday. In which group of
# the partition is she? Go down the rules above, and give the name of the first that fits, between
# quotes and with its underscores. (Names are broader than they sound: a *one-timer* here is anybody who does not buy often.)

# %% tags=["exercise"]
group = "cooling_one_timers"  # answer
check("8b", group)

# %% [markdown]
# ## The piano shop
#
# Mrs Verhoeven sells pianos, sheet music and tuning. She takes over Jan's personas as they are.
#
# **Predict:** up to how many days after an order would *you* call a piano customer recent? Jan's rule says 120.

# %% tags=["prediction"]
days_recent = 365  # answer

# %%
shops = {"pianos": lesson_shop("pianos").at("2026-10-31"), "demo": view}
tables = {n: shop.features() for n, shop in shops.items()}
back = {n: t.query("order_count > 1") for n, t in tables.items()}
span = {n: t["first_order_days"] - t["recency_days"] for n, t in back.items()}
gaps = {n: span[n] / (back[n]["order_count"] - 1) for n in shops}
longer = [(gap > recent).mean() for gap in gaps.values()]
pd.DataFrame(gaps).quantile([0.25, 0.5, 0.75]).round()

# %% [markdown]
# The table (`demo` is the bakery) shows the usual gap (*tussenpoos*) of everyone who came back: the days between two orders, on
# average. The middle row is the median. How many have a usual gap that Jan's rule does not even call recent?

# %%
texts = [f"{share:.0%}" for share in longer]
finding = "Usual gap above {} days: {} of the piano shop, {} of the bakery."
finding = finding.format(recent, *texts)
print(finding)
bars(["pianos", "bakery"], longer, texts, finding)

# %% [markdown]
# `suggest_thresholds` fits every threshold to the shop: recent holds the usual gap of four in five of those who came back, often
# is what no more than about a third of the buyers reach. Where a few large orders pull the mean (*gemiddelde*) far above what
# most spend, high value starts at the median instead. It goes through both shops whole, so this takes up to a minute.

# %%
fits = {name: shop.suggest_thresholds() for name, shop in shops.items()}
fitted = {name: pd.DataFrame(fit["thresholds"]).T["fitted"] for name, fit in fits.items()}
rules = pd.DataFrame(fits["demo"]["thresholds"]).T[["default"]].assign(**fitted)
own = int(rules.loc["purchase_recent_days", "pianos"])
compare(days_recent, own)
print({name: f"{fit['would_change']:,} change persona" for name, fit in fits.items()})
rules

# %% [markdown]
# ### Exercise 8c
#
# Copying works both ways. Suppose that Jan likes Mrs Verhoeven's number of days so well that he takes it over for his bakery.
# Whom would he then begin to thank as a faithful customer? Those whom his own rule no longer calls recent and hers does: who
# last bought more than 120 days ago, and up to the days in the table. Leave out whom he may not mail, and give their rows of
# `bakery`. A column such as `bakery["recency_days"]` has `.between(first, last)`, both ends in; `recent` holds Jan's days, `own`
# hers. Join two columns of yes and no with `&`, and put brackets round each comparison.

# %% tags=["exercise"]
bakery = tables["demo"]
# answer
by_her_days = bakery["recency_days"].between(recent + 1, own)
thanked = bakery[by_her_days & bakery["is_mailable"]]
# /answer
check("8c", thanked)

# %% [markdown]
# Would he be right, and is she? The answer key knows. Here is everyone in both shops, mailable or not, who last bought that long ago, and the
# share that is still a customer.

# %%
keys = {n: pd.read_parquet(shop_folder(n) / "truth/customers.parquet") for n in shops}
silent = {n: t[t["recency_days"].between(recent + 1, own)] for n, t in tables.items()}
met = {n: keys[n].merge(t[["profile_id"]]) for n, t in silent.items()}
alive = {n: t["is_alive_at_until"].mean() for n, t in met.items()}
print("still a customer:", {n: f"{alive[n]:.0%} of {len(met[n]):,}" for n in shops})

# %% [markdown]
# The same silence means two things. For bread it is mostly goodbye; for a piano it is the time between two tunings. With Jan's rules
# Mrs Verhoeven offers a win-back discount to people who never left; with hers Jan thanks people who did.
#
# <details><summary>Jan's fitted thresholds lie close to the article's. Was fitting them a waste of time?</summary>
#
# No: now he knows that they fit, and can say why. A threshold that was looked at is worth more than one that was copied, even
# when it is the same.
#
# </details>
#
# ## What it means for the mail
#
# First a partition, so that nobody gets two messages that clash. Then thresholds from the shop's own rhythm; `segkit check FOLDER
# --accept` writes them into the shop's `client.yaml`, and everything is counted with them from then on. Only then fourteen mails,
# or five: you need not write to every persona. The counts alone tell where the base is going.
#
# <details><summary>Jan's mail tool knows no months. How does he enter "within four months"?</summary>
#
# In days, and always the same number: 120 here, and 390 for thirteen months. Whether a month is 30 days or 30.4 moves few people;
# mixing the two makes holes of a few days.
#
# </details>
#
# ## What can go wrong
#
# - **A hole is a question, not yet a treasure.** By the key hardly any of the bakery's former customers who still read is still
#   a customer; of the piano shop's, a good many are. Count first, then try a mail on a part of them.
# - **Dead weight is too easily said.** As written it strikes off yesterday's subscriber, and those who read in Apple's app
#   (lesson 5). For cleaning there is `dead_weight_safe`.
# - **A rhythm needs repeat orders.** With few of them the kit fits nothing and says so.
#
# ## Take away
#
# 1. A list of personas is a set of rules: go through every kind of person before you mail the first.
# 2. Overlap gives people two messages, a hole gives them none; a fixed order of rules mends both.
# 3. Recent is a matter of rhythm. Take it from the shop, not from an article.
#
# In the audit report this explains the chapter *Personas*. Next: lesson 9, events and flows: Jan and the cream cake.
