"""The segment builder: AND between groups, OR inside one, with a live count, a comparison, the sentence and the YAML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, BoundedFloatText, BoundedIntText, Box, Button, Dropdown, Layout, Text, Textarea, VBox

from segkit.notebook import form as forms
from segkit.notebook.form import Form, Row
from segkit.notebook.keys import OwnKeys
from segkit.notebook.recount import Found, Recount, found, told
from segkit.segments import blanks, words
from segkit.segments.definition import Segment
from segkit.segments.say import title
from segkit.segments.tree import Condition
from segkit.segments.values import MOST
from segkit.segments.window import MOST_DAYS
from segkit.text import Text as Sentences
from segkit.text import catalogue

if TYPE_CHECKING:
    from ipywidgets import Widget

    from segkit.shop import View

Options = dict[str, list[tuple[str, Any]]]
Renew = Callable[[], None]
DAYS = 90  # what a period begins with when it is switched on
MOST_VALUES = 200
_WRAP = Layout(flex_flow="row wrap", align_items="center", width="100%")
_FRAMED = Layout(border="1px solid var(--jp-border-color1, #7c8993)", padding="0.5rem", margin="0.25rem 0")
_WIDE = {"description_width": "initial"}
_TEXT_ROWS = 12


def segment_builder(view: View, lang: str = "en", form: Form | None = None) -> SegmentBuilder:
    """A builder on a view, beginning with a form (by default: at least one order, ever); `.form` and `.condition` read it back."""
    return SegmentBuilder(view, lang, form or Form.of(forms.Did()))


def offered(view: View, lang: str) -> Options:
    """What the lists of a row offer, as (shown, value): events, the shop's own values of people and of what is sold, and segments."""
    t = catalogue(lang)
    segments = [(title(id, one, lang), id) for id, one in view.segments.items() if isinstance(one, Segment)]
    return {
        "event": [(t(f"widgets.builder.events.{name}"), name) for name in forms.events()],
        **{name: [(_shown(t, name, value), value) for value in own_values(view, name)] for name in (*forms.PROPERTIES, *forms.OF_A_LINE)},
        "id": sorted(_told_apart(segments), key=lambda pair: pair[0].casefold()),
    }


def own_values(view: View, name: str) -> list[str]:
    """The values of a property of people or of an order line in this shop, those of most people first."""
    if name == "country" or name in forms.OF_A_LINE:
        return blanks.top_values(view.shop.store, view.rules, name, MOST_VALUES)["value"].tolist()
    column = words.people()[name].expression
    query = view.rules.table("profiles", ("profile_id", column), known=False)
    sizes = view.shop.store.ask(query.aggregate(column, {"people": "count(*)"}, f"{column} IS NOT NULL"))
    return sizes.sort_values(["people", column], ascending=[False, True]).head(MOST_VALUES)[column].tolist()


def _shown(t: Sentences, name: str, value: str) -> str:
    if name == "gender":
        key = f"say.genders.{value}"
        return t(key) if t.has(key) else value
    if name in forms.OF_A_LINE:
        return value
    return t.country(value) if name == "country" else t.language(value)


def _told_apart(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Segments of one title with their ids."""
    titles = [shown for shown, _ in pairs]
    return [(shown if titles.count(shown) == 1 else f"{shown} ({id})", id) for shown, id in pairs]


class RowBox(Box):
    """One row: a list of conditions, the inputs of the one that is chosen, and a button that removes it."""

    def __init__(self, row: Row, options: Options, t: Sentences, renew: Renew) -> None:
        self.options, self.t, self.renew = options, t, renew
        kinds = [(t(f"widgets.builder.kinds.{kind}"), kind) for kind in forms.PALETTE]
        self.kind = _labelled(Dropdown, t, "kind", options=kinds, value=kind_of(row))
        self.remove = Button(description=t("widgets.builder.remove_row"), icon="times", layout=Layout(width="auto"))
        super().__init__(layout=_WRAP)
        self._fill(row)
        self.kind.observe(self._another, names="value")

    def _another(self, change: dict[str, Any]) -> None:
        self._fill(forms.PALETTE[change["new"]]())
        self.renew()

    def _fill(self, row: Row) -> None:
        self.row = row
        self.inputs = inputs(row, self.options, self.t)
        for one in self.inputs.values():
            one.observe(self._changed, names="value")
        self._place()

    def _changed(self, change: dict[str, Any]) -> None:
        name = next((name for name, one in self.inputs.items() if one is change["owner"]), None)
        if name == "period" and change["new"] and self.inputs["days"].value == 0:
            self.inputs["days"].value = DAYS
        self.row = changed(self.row, {key: one.value for key, one in self.inputs.items()})
        if name == "name":
            self._fill(changed(self.row, {"value": ""}))  # the values of another property
        else:
            self._place()
        self.renew()

    def _place(self) -> None:
        """Show what belongs to the row: no days where the period is ever."""
        shown = [one for name, one in self.inputs.items() if name != "days" or self.inputs["period"].value]
        children = (self.kind, *shown, self.remove)
        self.children = children


def kind_of(row: Row) -> str:
    """The name of a row's kind in the palette."""
    return next(kind for kind, made in forms.PALETTE.items() if type(row) is made)


def changed(row: Row, given: dict[str, Any]) -> Row:
    """The row with what its inputs say; `period` says whether its days count."""
    values = {one.name: given[one.name] for one in fields(row) if one.name in given}
    if "period" in given:
        values["days"] = given["days"] if given["period"] else None
    return replace(row, **values)


def inputs(row: Row, options: Options, t: Sentences) -> dict[str, Widget]:
    """A labelled control for each field of a row, by name; days come with a list that switches them on."""
    made: dict[str, Widget] = {}
    for one in fields(row):
        value = getattr(row, one.name)
        if one.name == "days":
            periods = [(t("widgets.builder.periods.ever"), False), (t("widgets.builder.periods.last"), True)]
            made["period"] = _labelled(Dropdown, t, "period", options=periods, value=value is not None)
        made[one.name] = _input(row, one.name, value, options, t)
    return made


def _input(row: Row, name: str, value: Any, options: Options, t: Sentences) -> Widget:
    narrow = {"layout": Layout(width="14rem")}
    if name == "amount":
        return _labelled(BoundedFloatText, t, name, value=value, min=0, max=MOST, step=1, **narrow)
    if name in ("times", "days", "newest", "oldest"):
        return _labelled(BoundedIntText, t, name, value=value or 0, min=0, max=MOST_DAYS, **narrow)
    pairs = _pairs(row, name, options, t)
    if value not in [one for _, one in pairs]:
        pairs = [*pairs, (str(value), value)]  # a form from code may say what this shop does not have
    return _labelled(Dropdown, t, name, options=pairs, value=value)


def _pairs(row: Row, name: str, options: Options, t: Sentences) -> list[tuple[str, Any]]:
    if name == "comparison":
        return [(t(f"widgets.builder.comparisons.{one}"), one) for one in (forms.MUCH if isinstance(row, forms.Spent) else forms.OFTEN)]
    if name == "is_":
        return [(t(f"widgets.builder.is_.{kind_of(row)}.{word}"), word == "yes") for word in ("yes", "no")]
    if name == "name":
        names = forms.PROPERTIES if isinstance(row, forms.Property) else forms.OF_A_LINE
        return [(t(f"widgets.builder.properties.{one}"), one) for one in names]
    if name == "event":
        return options["event"]
    choose = [(t("widgets.builder.choose"), "")]
    return choose + (options[row.name] if isinstance(row, (forms.Property, forms.Bought)) else options["id"])


def _labelled(kind: Any, t: Sentences, name: str, **given: Any) -> Any:
    """A control with a visible label, which tells of a change when it is left and not at every key."""
    label = t(f"widgets.builder.fields.{name}")
    live = {} if kind is Dropdown else {"continuous_update": False}
    return kind(description=label, tooltip=label, style=_WIDE, **{"layout": Layout(width="auto"), **live, **given})


class GroupBox(VBox):
    """One group: a heading, its rows, and buttons that add a row and remove the group."""

    def __init__(self, rows: tuple[Row, ...], made: Callable[[Row], RowBox], t: Sentences, renew: Renew) -> None:
        self.t, self.made, self.renew = t, made, renew
        self.heading, self.rows = HTML(), VBox([made(row) for row in rows])
        self.add = _button(t, "add_row", "plus", lambda _: self.add_row())
        self.remove = Button(description=t("widgets.builder.remove_group"), icon="times", layout=Layout(width="auto"))
        buttons = Box([self.add, self.remove], layout=_WRAP)
        super().__init__([self.heading, self.rows, buttons], layout=_FRAMED)
        for row in self.rows.children:
            self._removable(row)

    def add_row(self, row: Row | None = None) -> None:
        """One more row at the end."""
        box = self.made(row or forms.Did())
        self._removable(box)
        self.rows.children = (*self.rows.children, box)
        self.renew()

    def _removable(self, box: RowBox) -> None:
        box.remove.on_click(lambda _: self._without(box))

    def _without(self, box: RowBox) -> None:
        self.rows.children = tuple(one for one in self.rows.children if one is not box)
        self.add.focus()  # the button that had it is gone
        self.renew()

    def number(self, group: int) -> None:
        """Say which group this is, in the heading and on the buttons."""
        self.heading.value = f'<strong data-group="{group}">{self.t("widgets.builder.group", n=group)}</strong>'
        self.remove.tooltip = self.t("widgets.builder.remove_group_at", group=group)
        for place, row in enumerate(self.rows.children, 1):
            row.remove.tooltip = self.t("widgets.builder.remove_row_at", group=group, row=place)


class SegmentBuilder(OwnKeys):
    """The builder; `form` is what stands in it, `condition` the segment it says, `yaml` the text of its segments.yaml."""

    def __init__(self, view: View, lang: str, form: Form) -> None:
        self.view, self.lang, self.t = view, lang, catalogue(lang)
        self.recount, self.options, self._ready = Recount(view), offered(view, lang), False
        self.groups, self.told = VBox(), HTML()
        self.add = _button(self.t, "add_group", "plus", lambda _: self.add_group())
        label = self.t("widgets.builder.id")
        self.id = Text(self.t("widgets.builder.own_id"), description=label, tooltip=label, continuous_update=False, style=_WIDE)
        label = self.t("widgets.builder.yaml")
        self.text = Textarea(
            description=label, tooltip=self.t("widgets.builder.yaml_help"), rows=_TEXT_ROWS, style=_WIDE, layout=Layout(width="100%")
        )
        helps = [HTML(f"<p>{self.t(f'widgets.builder.{key}')}</p>") for key in ("all_groups", "yaml_help")]
        super().__init__([helps[0], self.groups, self.add, self.told, self.id, self.text, helps[1]])
        self.id.observe(lambda _: self._write(), names="value")
        for rows in form.groups:
            self.add_group(rows)
        self._ready = True
        self.renew()

    @property
    def form(self) -> Form:
        """What stands in the builder, as plain data."""
        return Form(tuple(tuple(box.row for box in group.rows.children) for group in self.groups.children))

    @property
    def condition(self) -> Condition:
        """The segment that the form says; Unfinished (an error in words) where a row does not say enough."""
        return self.form.condition(self.view.segments)

    @property
    def yaml(self) -> str:
        """The text of a segments.yaml with this segment; empty where the form says none."""
        return self.text.value

    def add_group(self, rows: tuple[Row, ...] | None = None) -> None:
        """One more group at the end, with one row to begin with."""
        box = GroupBox((forms.Did(),) if rows is None else rows, self._row, self.t, self.renew)
        box.remove.on_click(lambda _: self._without(box))
        self.groups.children = (*self.groups.children, box)
        self.renew()

    def _row(self, row: Row) -> RowBox:
        return RowBox(row, self.options, self.t, self.renew)

    def _without(self, box: GroupBox) -> None:
        self.groups.children = tuple(one for one in self.groups.children if one is not box)
        self.add.focus()
        self.renew()

    def renew(self) -> None:
        """Count again and say it."""
        if not self._ready:
            return
        for number, group in enumerate(self.groups.children, 1):
            group.number(number)
        self.found: Found = found(self.recount, self.form, self.lang)
        self.told.value = told(self.found, self.view, self.lang)
        self._write()

    def _write(self) -> None:
        try:
            self.text.value = forms.segments_yaml(self.form, self.id.value, self.view.segments)
            self.text.placeholder = ""
        except forms.Unfinished as error:
            self.text.value, self.text.placeholder = "", error.said(self.lang)

    def __repr__(self) -> str:
        return "a segment builder: run this notebook to use it"


def _button(t: Sentences, key: str, icon: str, pressed: Callable[[Any], None]) -> Button:
    made = Button(description=t(f"widgets.builder.{key}"), icon=icon, layout=Layout(width="auto", align_self="flex-start"))
    made.on_click(pressed)
    return made
