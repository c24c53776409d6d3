"""What a shop's YAML may hold: every key, with the values that fit it."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from segkit_generators.recipe_values import (
    Amount,
    Concentration,
    Count,
    CountryCode,
    Currency,
    Days,
    History,
    Hour,
    Hours,
    Language,
    Lines,
    MonthDay,
    Pool,
    PoolSize,
    Range,
    Rates,
    Scale,
    Scores,
    Shape,
    Share,
    Sigma,
    TimeZone,
    Week,
    Weight,
    Year,
)  # fmt: skip


class Keys(BaseModel):
    """A mapping with these keys and no other; numbers are numbers and not texts of them."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class Client(Keys):
    name: str
    language: Language
    time_zone: TimeZone
    currency: Currency


class Country(Keys):
    code: CountryCode
    share: Share
    locale: str
    pool: Pool
    places: Pool | None = None
    towns: dict[str, str] | None = None
    currency: Currency | None = None
    rate: Amount | None = None


class Span(Keys):
    from_: Year = Field(alias="from")
    to: Year

    @model_validator(mode="after")
    def _rising(self) -> "Span":
        if self.from_ > self.to:
            raise ValueError("Give a `to` that is not before `from`")
        return self


class Opening(Keys):
    share: Share
    days: Days


class Lifecycle(Keys):
    share: Share
    purchase_rate_30d: Lines
    dropout_days: Amount
    open: Share
    click: Share
    reading_days: Amount
    visits_30d: Lines
    visiting_days: Amount
    tracking: Share


class Feast(Keys):
    days: Days
    factor: Amount
    boost: dict[str, Amount] = {}
    begins: MonthDay | None = None
    month_end: bool = False
    countries: list[CountryCode] = []
    discount: Share = 0.0


class Product(Keys):
    title: str
    category: str
    price: Weight
    weight: Amount
    brand: str | None = None


class Delivery(Keys):
    price: Weight
    free_from: Weight


class Code(Keys):
    code: str
    share: Share
    discount: Share


class SeasonCode(Code):
    begins: MonthDay
    days: Days


class Orders(Keys):
    cancelled_share: Share
    free_share: Share
    refunded_share: Share
    partial_share: Share
    refund_after_days: Range
    guest_share: Share
    test_orders: Count
    unlinked_refund_share: Share


class Carts(Keys):
    recovered_share: Share
    recovered_after_hours: Range
    abandon_share: Share
    checkout_share: Share
    idle_hours: Count
    mail_after_hours: Count


class Consent(Keys):
    checkout_opt_in: Share
    confirm_share: Share
    confirm_median_hours: Amount


class Edition(Keys):
    name: str
    audience: str


class Newsletter(Keys):
    weekday: Annotated[int, Field(ge=0, le=6)]
    hour: Hour
    topics: Annotated[list[str], Field(min_length=1)]
    name: str = ""
    audience: str = ""
    editions: dict[Language, Edition] = {}


class Reaction(Keys):
    read_median_hours: Amount
    read_sigma: Sigma
    fatigue_per_year: Rates
    topic_lift: Weight
    second_open_share: Share
    apple_share: Share
    apple_domain: str
    machine_open_share: Share
    apple_visible_share: Share
    scanner_share: Share
    scanner_click_share: Share
    unsubscribe_per_read: Share
    complaint_per_read: Share
    dead_address_share: Share
    soft_bounce_share: Share


class Program(Keys):
    type: Literal["mobile", "desktop", "webmail"]
    os: str
    share: Share


class Flow(Keys):
    name: str
    appeal: Amount
    topic: str
    after_hours: Count | None = None


class Survey(Keys):
    after_pickup_days: Count
    hour: Hour
    categories: list[str]
    answer_share: Share
    scores: Scores
    delivered_after_days: Count | None = None


class Cake(Keys):
    opens_days_before_until: Days
    open_days: Days
    existing_share: Share
    discount: Share
    code: str
    seen_days: Days
    last_chance_days: Days
    order_share: dict[Literal["cake_mail", "cake_reminder", "cake_last_chance"], Share]
    order_median_hours: Amount
    pickup_after_days: Range
    answer_share: Share
    scores: Scores
    sad_below: Count
    happy_from: Count
    settle_days: Days
    lists: dict[Literal["contest", "seen", "orders", "sad", "happy", "end"], str]


class Site(Keys):
    extra_views: Lines
    click_visit_share: Share
    url: str


class Trial(Keys):
    key: str
    name: str
    topic: str
    appeal: Amount
    days_before_until: Days
    holdout: Share
    uplift: Share
    within_days: Days
    to: Literal["everyone", "consumers"] | None = None
    invited: Share | None = None


class Returns(Keys):
    share: dict[str, Share]
    spread: Sigma
    reasons: Annotated[dict[str, Amount], Field(min_length=1)]
    after_days: Range


class Pair(Keys):
    first: str
    second: str
    share: Share


class Referrals(Keys):
    share: Share
    code: str
    discount: Share


class Gifts(Keys):
    share: Share
    december_share: Share


class Occasion(Keys):
    hour: Hour
    order_share: Share
    order_median_hours: Amount
    code: str
    discount: Share


class WinBack(Occasion):
    after_days: Days


class Sunset(Keys):
    after_days: Days
    answer_days: Days
    hour: Hour


class StaticList(Keys):
    key: str
    name: str
    days_before_until: Days
    bought_within_days: Days
    at_least: Days
    category: str | None = None


class OwnSegment(Keys):
    title: dict[Language, str]
    fault: Literal["none", "machine_opens", "everyone", "nobody", "ages", "same_as_another"] = "none"
    rule: dict[str, Any] | None = None
    all: list[dict[str, Any]] | None = None
    any: list[dict[str, Any]] | None = None


class Profile(Keys):
    """A whole profile, over what all shops have in common."""

    client: Client
    history_days: History
    countries: Annotated[list[Country], Field(min_length=1)]
    pool_size: PoolSize
    email_domains: dict[str, Share]
    known: dict[Literal["phone", "gender", "birthday"], Share]
    business_share: Share
    business_order_scale: Scale
    staff_share: Share
    birth_year: Span
    sources: dict[Literal["buyers", "others"], dict[Literal["checkout", "popup", "footer_form", "counter", "landing_page"], Share]]
    growth: Weight
    opening: Opening
    lifecycles: dict[str, Lifecycle]
    purchase_rate_shape: Shape
    propensity_weight: Shape
    first_order_mean_days: Amount
    order_scale_sigma: Sigma
    affinity_concentration: Concentration
    weekday: Week
    pickup_share: Annotated[list[Share], Field(min_length=7, max_length=7)]
    pickup_country: str
    hour: Hours
    month: Annotated[list[Amount], Field(min_length=12, max_length=12)]
    feasts: dict[str, Feast]
    pickup_after_days: Range
    vat: dict[str, Share]
    category_base: dict[str, Amount]
    extra_lines: dict[str, Lines]
    stay_in_category: Share
    extra_quantity: dict[str, Lines]
    cost_share: Share
    house_brand: str
    products: dict[str, Product]
    delivery: Delivery
    welcome_code: Code
    other_code: Code
    orders: Orders
    carts: Carts
    consent: Consent
    newsletter: Newsletter
    reaction: Reaction
    clients: dict[str, Program]
    flows: dict[str, Flow]
    survey: Survey
    site: Site
    contest_product: str | None = None
    cake: Cake | None = None
    trials: Annotated[list[Trial], Field(min_length=1)] = []
    gap_shape: Shape | None = None
    category_sex: dict[str, Literal["female", "male"]] = {}
    sex_lift: Amount = 1.0
    brand_concentration: Concentration | None = None
    codes: dict[str, SeasonCode] = {}
    returns: Returns | None = None
    pairs: Annotated[list[Pair], Field(min_length=1)] = []
    referrals: Referrals | None = None
    gifts: Gifts | None = None
    birthday: Occasion | None = None
    winback: WinBack | None = None
    sunset: Sunset | None = None
    static_lists: Annotated[list[StaticList], Field(min_length=1)] = []
    segments: Annotated[dict[str, OwnSegment], Field(min_length=1)] = {}
