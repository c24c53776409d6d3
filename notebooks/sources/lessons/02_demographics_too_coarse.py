# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 2. Demographics, and why they are too coarse
#
# *About 40 minutes. You need: lesson 1, and the fashion shop that comes with the kit.*
#
# Linde has a fashion shop. "My customer is a woman of about forty," she says. "So I mail the women, and I would mail those of
# forty first, if I knew everyone's age." It sounds like segmentation. Is it?
#
# *Demographics* (*demografie*) is what somebody is: gender, age, where they live, which language they speak. *Behaviour* (*gedrag*) is
# what somebody does: buy, look, read.
#
# After this lesson you can
# - measure how much a fact about people tells of what they will spend;
# - tell a real difference from luck (*toeval*);
# - give demographics the work they are good at: language and delivery, and a first guess at the part of the range (*assortiment*).

# %% [markdown]
# ## The data
#
# Maison Linde sells in Belgium and the Netherlands; it has 28 months of orders, mails and visits, and all its people are invented.
# What a fact is worth shows only when you know it *before* the money comes in, so we stand on two days: `then`, a year ago, for what
# Linde could know; and `view`, on 31 October 2026, for what those same people spent (*besteding*) in the year between.

# %%
import numpy as np
import pandas as pd

from segkit.notebook import bars, check, compare, lesson_shop
from segkit.segments import can_receive, did, profile

shop = lesson_shop("fashion")
then, view = shop.at("2025-10-30"), shop.at("2026-10-31")

# %% [markdown]
# Why the 30th? The year of `view` begins on 31 October 2025. So no order lies on both sides: neither in what Linde knew nor in
# what we ask about.

# %%
after = view.features()[["profile_id", "revenue_365d"]]
after = after.rename(columns={"revenue_365d": "spent"})
is_known = ["profile_id", "first_name", "gender", "birth_year", "locale"]
profiles = pd.read_parquet(shop.store.folder / "profiles.parquet", columns=is_known)
profiles["birth_year"] = profiles["birth_year"].astype("Int64")  # whole, or empty
people = then.features().merge(profiles, on="profile_id").merge(after, on="profile_id")
print(f"{len(people):,} people were known then; on average they spent")
print(f"{people['spent'].mean():.2f} euro each in the year after")

# %% [markdown]
# First look at what is missing. Nobody has to tell a shop their gender or age, and many do not.

# %%
told = people[["gender", "birth_year", "locale"]].notna().mean()
told.rename("share that is known").to_frame().round(2)

# %% [markdown]
# Not known (*onbekend*) is not "no", and not "the others" either. It stays a group of its own, called `unknown`.
# Ages go into five groups.

# %%
ages = ["under 30", "30 to 39", "40 to 49", "50 to 59", "60 and over"]
age = pd.cut(2025 - people["birth_year"], [0, 29, 39, 49, 59, 120], labels=ages)
people["age"] = age.astype("object").fillna("unknown")
people["gender"] = people["gender"].fillna("unknown")
by_age = people.groupby("age")["spent"].agg(["size", "mean"]).round(2)
by_age.loc[[*ages, "unknown"]]

# %% [markdown]
# ## Women and men
#
# **Predict first.** How many times as much as the average man did the average woman spend in the year after? Put 2 for twice as
# much, 1 for just as much.

# %% tags=["prediction"]
guess = 1.5  # answer

# %%
by_gender = people.groupby("gender")["spent"].mean()
print(by_gender.round(2).to_dict())
compare(guess, round(by_gender["female"] / by_gender["male"], 1))

# %% [markdown]
# ## How much does a fact explain?
#
# Two averages do not say whether a fact is of any use: people within a group may differ a hundred times more than the groups do.
# So play a game. Guess what each person will spend. If you know nothing, the mean of everyone is the best you can do. `off` adds
# up by how much you miss: each miss times itself, so that big misses count most.
#
# Now somebody tells you everyone's gender, and you guess the mean of women for women, and so on. The share of `off` that
# disappears is what gender *explains* (*verklaart*): 0% is nothing, 100% means that you guess right every time.

# %%
spent = people["spent"]
off = ((spent - spent.mean()) ** 2).sum()
guessed = people.groupby("gender")["spent"].transform("mean")
print(f"Gender explains {1 - ((spent - guessed) ** 2).sum() / off:.1%}")

# %% [markdown]
# **Predict:** with gender, age *and* country together, what share do you explain? Type 0.25 for a quarter.

# %% tags=["prediction"]
guess = 0.3  # answer

# %%
groups = people.groupby(["gender", "age", "country_code"])["spent"]
demographics = 1 - ((spent - groups.transform("mean")) ** 2).sum() / off
print(f"{groups.ngroups} groups explain {demographics:.1%}")
compare(guess, demographics, "share")

# %% [markdown]
# Is even that real? The age groups above did not spend the same. But shuffle the amounts like a pack of cards and deal them out
# to the same people: now no group can matter, and yet some group gets the better cards. The more groups there are, the more of
# that luck you take for knowledge.

# %%
rng = np.random.default_rng(7)  # shuffles the same way each time, so we see the same
keys = [people["gender"], people["age"], people["country_code"]]
dealt = [pd.Series(rng.permutation(spent)) for _ in range(100)]
lucky = [1 - ((x - x.groupby(keys).transform("mean")) ** 2).sum() / off for x in dealt]
luck = np.mean(lucky)
beaten = sum(np.array(lucky) < demographics)
print(f"The real groups explain {demographics:.1%}, the average shuffle {luck:.1%}.")
print(f"In {100 - beaten} of 100 shuffles, shuffled amounts explain as much or more.")

# %% [markdown]
# So for this shop's takings, three facts about who people *are* tell no more than shuffled cards. (If real amounts do even worse
# than most shuffles, that is luck as well.)
#
# ## What behaviour explains
#
# Take two facts about what people *did*, known on the same day: how often they had bought, and how long ago the last time was.

# %%
often = ["never", "once", "twice", "3 or 4 times", "5 or more"]
people["bought"] = pd.cut(people["order_count"], [-1, 0, 1, 2, 4, 999], labels=often)
days = ["30 days", "90 days", "180 days", "a year", "longer"]
last = pd.cut(people["recency_days"], [-1, 30, 90, 180, 365, 9999], labels=days)
people["last"] = last.astype("object").fillna("never")
people.groupby("last")["spent"].agg(["size", "mean"]).round(2).sort_values("mean")

# %% [markdown]
# The longer ago the last order, the less they went on to spend: that is worth knowing before you write a mail. And look where
# `never` stands: people who have not bought yet were worth more than customers who had stayed away for over a year.
#
# ### Exercise 2a
#
# What share do `bought` and `last` explain together? Do as we did for gender, age and country, with these two columns: copy
# what is behind `groups` and `demographics`, and give it other columns and another name. A number will do too, such as 0.25 for a quarter.

# %% tags=["exercise"]
# answer
groups = people.groupby(["bought", "last"])["spent"]
explained = 1 - ((spent - groups.transform("mean")) ** 2).sum() / off
# /answer
check("2a", explained)

# %%
facts = {"how often": ["bought"], "how long ago": ["last"]}
facts["how often and how long ago"] = ["bought", "last"]
means = {name: people.groupby(by)["spent"] for name, by in facts.items()}
means = {name: group.transform("mean") for name, group in means.items()}
shares = {name: 1 - ((spent - m) ** 2).sum() / off for name, m in means.items()}
shares |= {"gender, age, country": demographics, "gender, age, country, shuffled": luck}
shares = pd.Series(shares).sort_values(ascending=False)
finding = f"Two facts of behaviour explain {shares.max():.0%} of a year's spending; "
finding += f"gender, age and country {demographics:.0%}, luck alone {luck:.0%}."
bars(shares.index, shares, [f"{share:.1%}" for share in shares], finding)

# %%
print(finding)

# %% [markdown]
# Two facts of behaviour make fewer groups than those three, so luck gives them less still.
#
# ## Twins on paper
#
# Behind those numbers are people. Below are two of the same gender, born in the same year, who speak the same language: twins on
# paper (*tweelingen op papier*). Of all such twins, these differ most in how often they had bought.

# %%
paper = ["gender", "birth_year", "locale"]
stated = people[people["gender"] != "unknown"].dropna(subset="birth_year")
stated = stated.sort_values(["order_count", "profile_id"])
orders = stated.groupby(paper)["order_count"]
widest = (orders.max() - orders.min()).idxmax()
twins = stated[(stated[paper] == list(widest)).all(axis=1)]
shown = ["first_name", *paper, "order_count", "recency_days", "spent"]
twins[shown].iloc[[0, -1]]

# %% [markdown]
# To a plan made of gender and age they are one person, who gets one mail. But a regular (*vaste klant*: who keeps coming back) wants
# to hear what is new, and somebody who never bought needs a reason to try. That difference is not on their passports.
#
# ## What demographics do tell
#
# Not how much, but *what*. `profile(gender="female")` is a condition (*voorwaarde*): a test that a segment is made of, here "has told
# us she is a woman". `favourites` shows what the buyers among them have bought (`share` of them) beside all other buyers (`rest_share`). The shop's own words: *jurken* are dresses, *heren*
# menswear, *truien* jumpers, *broeken* trousers.

# %%
women = profile(gender="female")
shown = ["value", "share", "rest_share", "ratio"]
view.favourites(women, "category")[shown].round(2)

# %% [markdown]
# So gender helps to choose what goes on top of the mail. But is it the best fact even for that? Linde has new dresses to
# tell of. She can mail the `women`, or the `dress_buyers`: everyone who ever bought a dress, of whatever gender.
#
# **Predict:** in which of the two does the larger share buy a dress in the year after? Type "women" or "dress_buyers".

# %% tags=["prediction"]
larger = "women"  # answer

# %%
bought_dress = did("placed_order", item={"category": "jurken"})
dress_this_year = did("placed_order", item={"category": "jurken"}, within="last 365 days")
had = people["profile_id"].isin(then.members(bought_dress)["profile_id"])
buys = people["profile_id"].isin(view.members(dress_this_year)["profile_id"])
female = people["gender"] == "female"
asked = pd.DataFrame({"women": female, "dress_buyers": had, "both": female & had})
share = asked[buys].sum() / asked.sum()
print(pd.DataFrame({"people": asked.sum(), "buy_a_dress": share.round(2)}).to_string())
compare(larger, share.drop("both").idxmax())

# %% [markdown]
# Who bought a dress has told you something about dresses; who is a woman has not, yet. Now look at `both`: once you know who
# bought a dress, their gender adds next to nothing, and asking for it leaves out many who would buy (among them everyone who did not tell).
# So do not use it to leave people out.
#
# Two facts no behaviour replaces. **Language** (*taal*): a mail that somebody cannot read does nothing, however well it is aimed.
# **Country** (*land*): what delivery costs, how long it takes, and which days are holidays.

# %%
reachable = people[people["is_mailable"]]
print(f"Mailable then: {len(reachable):,}, by language and country:")
print(reachable["locale"].value_counts().to_dict())

# %% [markdown]
# ### Exercise 2b
#
# Linde has her mail about dresses translated into French. Build its audience (*doelgroep*) out of both kinds of facts, as of `view`: people
# who speak French, bought a dress in the last 365 days, and may be mailed because they gave their consent (*toestemming*). Three conditions,
# joined with `&` ("and"): `french` and `dress_this_year`, and `can_receive("email")`. Put `view.members(...)` in the place of
# the dots, with the three between the brackets.

# %% tags=["exercise"]
french = profile(language="fr-BE")  # written as in the list above
gets_the_mail = view.members(french & dress_this_year & can_receive("email"))  # answer
check("2b", gets_the_mail)

# %% [markdown]
# <details><summary>Linde wants to guess the missing genders from first names. A good idea? Think, then unfold.</summary>
#
# No. It goes wrong for Sam and Robin, and a mail that takes you for someone else is worse than a neutral one. It also makes personal data
# that nobody gave you: the privacy law (*AVG*, in English GDPR) asks you to keep no more than you need. Ask what people like, and say why.
# </details>
#
# ## What can go wrong
#
# - **Explaining a year with that same year.** How often somebody bought this year "explains" this year's spending, of
#   course. Know first, then look at what came after.
# - **A value that nobody has.** `profile(language="fr")` finds no one here, and no error says so. Count before you mail.
# - **Cutting until it fits.** With enough small groups luck alone explains a lot. Shuffle, and compare.
# - **Taking this for a law.** In a shop for baby clothes the age of the child is everything. Measure it in yours.
#
# ## Take away
#
# 1. Who people are tells little of what they will spend; what they did tells much more.
# 2. Demographics choose the language and the delivery, and the part of the range as long as you know nothing better. Behaviour chooses whom, when
#    and how often.
# 3. Unknown is a group of its own, and a difference counts only when it beats luck.
#
# In the audit report this is the chapter *Segments against the rest*, which weighs what each condition of a segment
# costs and brings. Next: lesson 3, the data: what a delivery contains, and what it hides.
