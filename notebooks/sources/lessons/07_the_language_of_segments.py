# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 7. The language of segments
#
# *About 40 minutes. You need: this notebook, and the gift shop Bright & Co that comes with the kit. Lesson 1 shows how a
# notebook is run.*
#
# Grace's shop Bright & Co sells mugs, cards and candles, to people and to shops that sell them on. She has new candles, and wants
# to write to customers who never had one. "I told my mail tool *category is not candles*," she says, "and it gave me nearly
# every customer I have."
#
# After this lesson you can
# - read a segment aloud, and write one in Python or in a file;
# - avoid the traps (*valkuilen*) in *and*, *or* and *not*;
# - show why one customer is in a segment or not, and what each condition costs.

# %% [markdown]
# ## The data
#
# The shop has more than two years of orders, mails and visits; nobody in it exists.
# We stand at 31 October 2026. A segment is one condition (*voorwaarde*), or several joined.

# %%
from segkit.notebook import bars, check, compare, lesson_shop
from segkit.segments import can_receive, did, last, never, total_value

view = lesson_shop("giftware").at("2026-10-31")

# %% [markdown]
# ## Read one
#
# Grace made a segment of her own, called `trade`. `say` reads its definition (*definitie*) aloud, in English or in Dutch.

# %%
print(view.say("trade", "en"))
print(view.say("trade", "nl"))
print(f"{view.count('trade'):,} members")

# %% [markdown]
# It is kept in a small text file, `segments.yaml`, in the shop's folder. This is how it stands there. `all` means that everything
# in the list must hold; `any` would mean one of them.

# %%
print(view.segments_yaml(["trade"]))

# %% [markdown]
# ## Write one
#
# Each line begins with a verb (*werkwoord*): `did`, `never`, `last`, `total_value`, `can_receive`, and others. Python
# has the same verbs, with the same words behind them. Conditions are joined with three signs: `&` is *and* (*en*), `|` is *or*
# (*of*), `~` is *not* (*niet*).

# %%
by_hand = did("placed_order", at_least=5) & total_value("placed_order", more_than=1500)
same = view.members(by_hand).equals(view.members("trade"))
print(f"{view.count(by_hand):,} members; the same people: {same}")

# %% [markdown]
# ## Not bought candles
#
# With `item` a condition looks at the lines of an order (*orderregels*): one for each product in it. Here is what Grace told her
# tool. (If you sell shoes, read "sneakers" for "candles".)
#
# **Predict first.** Of the people whom it finds, what share has bought candles all the same?

# %% tags=["prediction"]
guess = 0.2  # answer

# %%
candles = {"category": "candles"}
had_candles = did("placed_order", item=candles)
other = did("placed_order", item={"category": {"is_not": "candles"}})
print(view.say(other, "en"))
both = view.count(other & had_candles)
print(f"{view.count(other):,} members, of whom {both:,} bought candles")
compare(guess, both / view.count(other), "share")

# %% [markdown]
# The tool did as it was told: it looked for a line that is no candle, and who buys candles buys other things too. "Never bought
# candles" is not about a line but about a whole past: there must be *no* line with candles in it. That is what `never` says.

# %%
no_candles = never("placed_order", item=candles)
customers = did("placed_order") & no_candles
names = ["bought something else", "never bought candles", "bought, never candles"]
sizes = [view.count(one) for one in (other, no_candles, customers)]
texts = [f"{size:,}" for size in sizes]
finding = "Bought something else: {}; never candles: {}; bought, never candles: {}."
print(finding.format(*texts))
bars(names, sizes, texts, finding.format(*texts))

# %% [markdown]
# The second is larger than the third, for who never bought anything never bought candles either. *Not* always brings in people
# whom you did not think of.
#
# ### Exercise 7a
#
# Whom does Grace write to? To customers who bought something but never candles, and whom she may mail: `can_receive("email")`.
# Give the members: `view.members(...)` with a segment between the brackets. The names above, such as `customers`, may be used.

# %% tags=["exercise"]
recipients = view.members(customers & can_receive("email"))  # answer
check("7a", recipients)

# %% [markdown]
# What does each condition cost? A waterfall (*waterval*) puts them on one by one, and counts who is left, who fell out, and what
# those who are left spent per head, in pounds.

# %%
parts = [did("placed_order"), no_candles, can_receive("email")]
mail = parts[0] & parts[1] & parts[2]
steps = view.waterfall(mail).round(2)
words = [view.say(one, "en").strip(".").removeprefix("Everyone who ") for one in parts]
steps.index = ["everyone", *words]
steps["lost_members"] = steps["lost_members"].astype("string").fillna("")
steps[["members", "lost_members", "value_per_head"]]

# %% [markdown]
# Look at the last column too. Those who never had candles spent far less on average: they bought little of anything. That asks
# for a first step, not for the luxury box.
#
# ## And, or
#
# Grace also has a mail for people who bought candles or cards, *and* ordered in the last 90 days. She writes it in two ways. As in
# a sum, where times goes before plus, `&` goes before `|`; brackets change that.
#
# **Predict:** which has more members, `"first"` or `"second"`? Type one of the two words, with its quotes.

# %% tags=["prediction"]
larger = "second"  # answer

# %%
cards = did("placed_order", item={"category": "cards"})
lately = did("placed_order", within="last 90 days")
first = had_candles | cards & lately
second = (had_candles | cards) & lately
print(view.say(first, "en"))
print(view.say(second, "en"))
print(f"first {view.count(first):,}, second {view.count(second):,}")
compare(larger, "first" if view.count(first) > view.count(second) else "second")

# %% [markdown]
# The first lets in everybody who ever bought candles, however long ago. Have a segment read aloud before you mail it: the
# indented lines show what belongs together.
#
# ## Not lately
#
# "Did not order in the last 90 days" and "last ordered more than 90 days ago" sound alike.

# %%
not_lately = ~last("placed_order", was="last 90 days")
quiet = last("placed_order", was="more than 90 days ago")
print(f"not lately: {view.count(not_lately):,}; gone quiet: {view.count(quiet):,}")
print(f"never ordered at all: {view.count(not_lately & never('placed_order')):,}")

# %% [markdown]
# The difference is those who never ordered. To them, "we miss you" is a strange letter.
#
# ### Exercise 7b
#
# Give the members for a win-back mail (*win-backmail*): people who bought candles *or* cards, and whose last order was more than
# 90 days ago. `had_candles`, `cards` and `quiet` are there already. Leave out for now whether she may mail them.

# %% tags=["exercise"]
lost = view.members((had_candles | cards) & quiet)  # answer
check("7b", lost)

# %% [markdown]
# ## One line or two
#
# Who buys candles by the two dozen? Here are two conditions: bought candles, and bought at least 24 of something in one line.

# %%
two = had_candles & did("placed_order", item={"quantity": {"at_least": 24}})
print(view.say(two, "en"))
print(f"{view.count(two):,} members")

# %% [markdown]
# It does not ask that they be the same line: one candle and, a year later, 24 cards will do. Tests that must hold of *one* line
# belong in one `item`, with a comma between them.
#
# ### Exercise 7c
#
# Give the members who bought at least 24 candles in one line: `did("placed_order", item={...})` with two tests in one pair of
# curly brackets. Here too, leave out whether she may mail them. A plain `24` would mean exactly 24.

# %% tags=["exercise"]
# answer
wanted = {"category": "candles", "quantity": {"at_least": 24}}
by_the_dozen = view.members(did("placed_order", item=wanted))
# /answer
check("7c", by_the_dozen)

# %% [markdown]
# ## Why not me?
#
# A small shop rings Grace: it orders so often, why does it get no trade prices? `explain` looks at one customer, condition by
# condition, and `tell` puts it in words: what holds, what was found, and what would have to change.

# %%
from segkit.segments.told import tell

features = view.features().sort_values(["revenue", "profile_id"])
near = features.query("order_count >= 5 and revenue <= 1500")["profile_id"].iloc[-1]
print(tell(view.explain(near, "trade"), "en", view.currency, view.segments))

# %% [markdown]
# <details><summary>The shop orders today, just enough. When is it in?</summary>
#
# At the next count. A segment is worked out anew each time, from the definition and the data; nobody needs to put it on a list.
#
# </details>
#
# ## Keep it
#
# A segment that you use again gets a name, a title and a place in the file. A file begins once with `version` and `segments`,
# and Grace's does so already. So paste only the lines below `segments:`, under the segments that are there, or hand the text to
# somebody who reads no Python.

# %%
from segkit.segments import Segment, SegmentSet
from segkit.segments.definition import yaml_of

title = {"nl": "Nog geen kaarsen", "en": "No candles yet"}
print(yaml_of(SegmentSet({"no_candles": Segment("no_candles", mail, title)})))
print(view.say(mail, "nl"))

# %% [markdown]
# <details><summary>Why is "may receive e-mail" a condition, and not the mail tool's business?</summary>
#
# Because the number changes with it. Who counts 300 and mails 200 has planned for people who are not there. And for an
# advertisement it is another consent: then `can_receive("email", purpose="partner")` is the question.
#
# </details>
#
# ## What can go wrong
#
# - **Never bought is not the same as would like.** By the answer key (*antwoordsleutel*), those who never bought candles care less
#   for them than the others. Try the mail on a part of them first.
# - **A word that does not occur.** `never` with a category that is misspelt, such as "Candles", is true of everybody, and no error
#   tells. Count the positive form first: `did` with the same words should find somebody.
# - **Unknown is neither yes nor no.** A line without a category passes "is not candles"; it fails nearly every other test.
# - **Words that look like dates.** "Last 90 days" counts today and the 90 days before it; some tools count hours. Check one person
#   at the edge.
#
# ## Take away
#
# 1. "Not" about a line finds other lines; "never" is about the whole past.
# 2. Brackets decide what belongs together. Have it read aloud.
# 3. Count each step, and explain one person, before you mail a thousand.
#
# In the audit report this explains the definitions in the chapter *Segments against the rest*, and its tables of what conditions
# cost. Next: lesson 8, fourteen personas.
