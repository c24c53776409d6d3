# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 6. Windows and dynamic segments
#
# *About 35 minutes. You need: lesson 1, and the sneaker shop that comes with the kit.*
#
# Youssef sells sneakers. Last year he made a list of customers who buy men's shoes, and he mails it whenever a new pair comes in.
# "It worked so well in the beginning," he says. "Same list, same kind of mail, and every month it brings in less. What changed?"
#
# After this lesson you can
# - cut time into windows that neither overlap nor leave a day out, and let segkit look for the day you missed;
# - see who enters and who leaves a segment, month by month;
# - measure how fast a list made by hand grows old.

# %% [markdown]
# ## The data
#
# Stapschoen has 28 months of orders, mails and visits, all invented. We look at it as of
# 31 October 2026, and later in this lesson as of earlier days too; the exercises are about 31 October. You need not read the
# code between: run it, and read what it prints. Only the lines with dots are yours.

# %%
import pandas as pd

from segkit.notebook import bars, check, compare, lesson_shop
from segkit.segments import can_receive, did, in_list, last, not_in_list

shop = lesson_shop("sneakers")
view = shop.at("2026-10-31")

# %% [markdown]
# ## Three windows
#
# A *window* (*venster*) is a stretch of days counted back from the day on which you look. Youssef thinks of three kinds of customers: *active*
# (*actief*, bought in the last 30 days), *cooling* (*afkoelend*, less than 90 days ago) and *sleeping* (*slapend*, more than 90 and
# up to 180). Today is day 0, and both ends of a window are in.

# %%
windows = {"active": "last 30 days", "cooling": "between 31 and 89 days ago"}
windows["sleeping"] = "between 91 and 180 days ago"
rules = {name: last("placed_order", was=window) for name, window in windows.items()}
sizes = pd.Series({name: view.count(rule) for name, rule in rules.items()})
print(sizes.to_dict())
print(view.say(rules["sleeping"], "en"))

# %% [markdown]
# **Predict first.** How many customers bought in the last 180 days and are in none of the three? Type a number.

# %% tags=["prediction"]
guess = 0  # answer

# %%
all_of_them = view.count(last("placed_order", was="last 180 days"))
print(f"{all_of_them} bought in 180 days, {sizes.sum()} are in one of the three windows")
compare(guess, all_of_them - sizes.sum())

# %% [markdown]
# "Less than 90" and "more than 90" both leave out 90 itself. It reads well, and no count on a screen shows it. So let segkit
# look: `lint` goes over a set of segments and tells what is odd about them.

# %%
from segkit.segments import Segment, SegmentSet
from segkit.segments.lint.told import tell
from segkit.text import catalogue

titles = {name: {"en": name.capitalize()} for name in rules}
segments = {name: Segment(name, rules[name], title=titles[name]) for name in rules}
findings = view.lint(SegmentSet(segments))
gap = [finding for finding in findings if finding.key == "day_gap"]
print(tell(gap[0], catalogue("en"), segments))

# %% [markdown]
# A few people today; tomorrow a few others. Everyone who stays away passes through that hole (*gat*) one day, and if the win-back mail
# goes out that morning, they never get it. The opposite fault is as easy to make: two windows that share a day send two mails.
#
# ### Exercise 6a
#
# Mend the window of the sleeping customers so that no day is missed and none counts twice. Put
# `view.members(last("placed_order", was="..."))` in the place of the dots, with your window between the quotes.

# %% tags=["exercise"]
sleeping = view.members(last("placed_order", was="between 90 and 180 days ago"))  # answer
check("6a", sleeping)

# %% [markdown]
# Good windows part everybody, which is a *sluitende indeling* (lesson 8): each person is in exactly one, and the sizes add up to all. Two more make it complete.

# %%
everyone = view.features()
longer = view.count(last("placed_order", was="more than 180 days ago"))
mended = view.count(last("placed_order", was="between 90 and 180 days ago"))
parts = sizes[["active", "cooling"]].to_dict()
parts |= {"sleeping": mended, "longer": longer, "never": view.count("not_yet")}
print(f"{parts}: {sum(parts.values()):,} of {len(everyone):,}")

# %% [markdown]
# ## Who comes in, who goes out
#
# Such a segment is *dynamic* (*dynamisch*): it is worked out anew each time, so people enter and leave without anybody
# touching it. **Predict:** of those who were active a month ago, what share is still active today? Type 0.5 for half.

# %% tags=["prediction"]
guess = 0.7  # answer

# %%
history = view.history("active_customers", months=8)
print(history[["day", "members", "entered", "left"]].to_string(index=False))
left = history["left"].iloc[-1]  # of those who were in it a month ago
compare(guess, 1 - left / history["members"].iloc[-2], "share")

# %% [markdown]
# `members` alone tells little. It may stand still for months while most of those in it are others than before: `entered` and `left`
# show how the segment lives. Whoever exports it today and mails the file next month writes to the wrong people.
#
# A segment has more than one door. Where did the customers go who slept at the end of last month?

# %%
then = shop.at("2026-09-30").members("sleeping_customers")["profile_id"]
asleep = then.isin(view.members("sleeping_customers")["profile_id"])
bought = last("placed_order", was="last 30 days")
awake = then.isin(view.members(bought)["profile_id"])
print(
    f"Of {len(then)} who slept a month ago {asleep.sum()} still do, {awake.sum()} bought"
)
print(f"again, and {(~asleep & ~awake).sum()} have now been away for more than 180 days.")

# %% [markdown]
# The last door is the one to watch: the longer somebody stays away, the smaller the chance of a return. A win-back mail
# (*win-backmail*) belongs before that door, not behind it.
#
# ## The list that Youssef made
#
# A *static list* (*statische lijst*) holds the people who met its rule on the day it was made. His holds mailable customers
# who had bought men's shoes (*heren*) in the 300 days before.

# %%
lists = pd.read_parquet(shop.store.folder / "list_memberships.parquet")
runners = lists[lists["list_id"] == "list_runners"]
made = runners["joined_at"].max().strftime("%Y-%m-%d")
print(f"{runners['list_name'].iloc[0]}: {len(runners)} people, put on it on {made}")
print(f"Taken off since: {runners['left_at'].notna().sum()}")
mens_shoes = did("placed_order", item={"category": "heren"}, within="last 300 days")

# %% [markdown]
# **Predict:** what share of the people on the list would still meet its rule today?

# %% tags=["prediction"]
guess = 0.7  # answer

# %%
days = [made, "2025-12-31", "2026-03-31", "2026-06-30", "2026-09-30", "2026-10-31"]
buyers = {day: shop.at(day).members(mens_shoes)["profile_id"] for day in days}
still = pd.Series({day: runners["profile_id"].isin(buyers[day]).mean() for day in days})
compare(guess, still.iloc[-1], "share")

# %%
finding = f"On the day the list was made {still.iloc[0]:.0%} of its people met its rule, "
finding += f"on 31 October 2026 only {still.iloc[-1]:.0%}."
bars(still.index, still, [f"{share:.0%}" for share in still], finding)

# %%
print(finding)

# %% [markdown]
# That is half of the answer to Youssef. The other half is not on the list at all: everyone who began to buy men's shoes since.
#
# ### Exercise 6b
#
# Who should get his mail today and is *not* on the list? They bought men's shoes in the last 300 days, they may be mailed, and
# they are not on it. Join `mens_shoes`, `can_receive("email")` and `not_in_list("list_runners")` with `&`. `list_runners`
# stands between quotes and is spelt like that: of a list that does not exist nobody is a member, so everybody is "not in" it.

# %% tags=["exercise"]
# answer
missing = view.members(mens_shoes & can_receive("email") & not_in_list("list_runners"))
# /answer
check("6b", missing)

# %%
should_get_it = mens_shoes & can_receive("email")
on_it = view.count(should_get_it & in_list("list_runners"))
print(f"Should get it today: {view.count(should_get_it)}; of them on the list: {on_it}")

# %% [markdown]
# You need not look for such lists yourself. Youssef's own segment *Hardlopers* (runners) rests on this one, and the linter finds it:

# %%
aged = [finding for finding in view.lint() if finding.key == "static_list"]
print(tell(aged[0], catalogue("en"), view.own_segments))

# %% [markdown]
# <details><summary>So is a static list always wrong? Think of one that should never change, then unfold.</summary>
#
# A list is right when it records what *happened*: who took part in a contest, who came to the opening, who was put in the control
# group (*controlegroep*) of a test. Those facts do not change any more. What somebody *is now* belongs in a segment.
# </details>
#
# ## What can go wrong
#
# - **Borders in words.** "Less than", "within" and "from" hide whether the day itself is in. Write both days, and let lint look.
# - **Judging a segment by its size.** A steady number can hide that everybody in it changed.
# - **A file that is a list after all.** An export of a dynamic segment begins to age the same evening. Export on the day you send.
#
# ## Take away
#
# 1. A window has two ends, and both are in: give each day to exactly one segment.
# 2. A dynamic segment is a rule and a day; `history` shows who enters, who leaves, and by which door.
# 3. A list made by hand loses twice: it keeps those who have gone, and it misses those who came.
#
# In the audit report this is the part *What stands out in the shop's own segments* of the chapter *Segments against the rest*.
# Next: lesson 7, the language of segments.
