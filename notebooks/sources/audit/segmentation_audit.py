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
# # Segmentation audit
#
# One delivery, one date, one report. `segkit audit` fills in the parameters below and runs this notebook; you can also
# change them here and run it by hand, then go on where the report stops.

# %% tags=["parameters"]
path: str = "data/cache/demo"  # a client folder, a delivery, or canonical Parquet
as_of: str = "2026-10-31"  # YYYY-MM-DD: the end of that day in the shop's time zone
lang: str = "nl"  # nl or en
out: str = ""  # where result.json goes; empty: nothing is written
mapping: str = ""  # a mapping.yaml for files that no reader knows
name: str = ""  # the client's name on the cover; empty: as in client.yaml

# %% tags=["setup"]
# papermill_description=load
from segkit.notebook import AuditParameters
from segkit.report import Report

parameters = AuditParameters(
    path=path, as_of=as_of, lang=lang, out=out, mapping=mapping, name=name
)
shop = parameters.open()
view = shop.at(parameters.as_of)

# %% tags=["setup"]
# papermill_description=measure
result = view.audit()
parameters.save(result)
report = Report(result.as_dict(), parameters.lang, shop.client.brand)

# %%
report.cover()

# %%
report.summary()

# %%
report.data_health()

# %%
report.base()

# %%
# papermill_description=personas
report.personas()

# %%
# papermill_description=rhythm
report.rhythm()

# %%
# papermill_description=segments
report.segments()

# %%
report.method()

# %% [markdown]
# ## Go on from here
#
# `view` answers questions of your own: `view.features()` gives one row per profile, `view.members("vip")` the profiles of
# a segment, `view.sql("bigquery")` the statement for a data team.
