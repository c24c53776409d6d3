# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Segment workbench
#
# One shop, one date, and a form in which you put a segment together while you see who is in it. Change the values below,
# run all cells, and work with the controls: with the mouse, or with Tab, arrows and Enter. Nothing here changes the shop.

# %% tags=["parameters"]
path: str = "data/cache/demo"  # a client folder, a delivery, or canonical Parquet
as_of: str = "2026-10-31"  # YYYY-MM-DD: the end of that day in the shop's time zone
lang: str = "nl"  # nl or en
mapping: str = ""  # a mapping.yaml for files that no reader knows
name: str = ""  # the client's name; empty: as in client.yaml

# %% tags=["setup"]
from segkit.notebook import AuditParameters, widgets

parameters = AuditParameters(
    path=path, as_of=as_of, lang=lang, mapping=mapping, name=name
)
view = parameters.open().at(parameters.as_of)

# %% [markdown]
# ## Build a segment
#
# A person is in when of **every** group **at least one** condition holds: the form that e-mail platforms use. Below the form
# stand the count, the definition in words, and what a profile in the segment is worth beside one outside it.

# %%
builder = widgets.segment_builder(view, parameters.lang)
builder

# %% [markdown]
# What stands in the form can be used in code. Run the next cell again after a change; put its text in the `segments.yaml` of
# the client, and the audit counts the segment too. Such a file begins once with `version` and `segments`: where there are
# segments in it already, paste only the lines below `segments:` under them.

# %%
print(view.count(builder.condition), "profiles\n")
print(builder.yaml)

# %% [markdown]
# ## Move the thresholds of the personas
#
# What is recent, lapsed and often differs from shop to shop. Slide, and see who would get another persona; the values go
# under `thresholds:` in the `client.yaml`.

# %%
thresholds = widgets.persona_explorer(view, parameters.lang)
thresholds

# %% [markdown]
# ## Lay two windows on a time line
#
# Active and sleeping customers should touch without a day between them, or somebody falls through on that day.

# %%
windows = widgets.window_explorer(view, parameters.lang)
windows

# %% [markdown]
# ## How much hangs on the largest buyers?

# %%
largest = widgets.top_share_slider(view, parameters.lang)
largest
