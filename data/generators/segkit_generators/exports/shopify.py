"""The shop as Shopify's admin exports it: customers, orders with a row a line item, products with a row a variant or picture.

What Shopify cannot say is absent: consent is yes or no without a date, a refund an amount without a date, a guest a customer
with an address, a test order only a payment method, and there is nothing about mail or visits.
"""

from collections.abc import Mapping

import pandas as pd

from segkit_generators.exports import cells
from segkit_generators.exports.book import Book
from segkit_generators.exports.delivery import Delivery, TextFile
from segkit_generators.exports.headers import headers

CUSTOMER_COLUMNS, ORDER_COLUMNS, ON_EVERY_LINE, PRODUCT_COLUMNS = (
    headers("shopify", file) for file in ("customers", "orders", "orders_on_every_line", "products")
)
ORDERS_PER_FILE = 10_000  # larger exports come by mail in several files
FIRST_CUSTOMER, FIRST_ORDER = 7_210_448_300_000, 6_100_000_000_000
PICTURES = 2


def deliver(book: Book, orders_per_file: int = ORDERS_PER_FILE) -> Delivery:
    """The three exports; the orders in several files when there are more than `orders_per_file`."""
    return Delivery("shopify", (_customers(book), *_orders(book, orders_per_file), _products(book)))


def _customers(book: Book) -> TextFile:
    people, phone = book.people, _kept_as_text(cells.e164(book.people["phone"], book.people["country_code"]))
    orders = book.orders[~book.orders["is_test"]]
    spent = (orders["total"] - orders["refunded_total"]).where(orders["cancelled_at"].isna(), 0).groupby(orders["person"]).sum()
    columns = {
        "Customer ID": _kept_as_text(pd.Series(range(FIRST_CUSTOMER + 1, FIRST_CUSTOMER + 1 + len(people)), people.index).astype(str)),
        "First Name": people["first_name"], "Last Name": people["surname"], "Email": people["email"],
        "Accepts Email Marketing": cells.words(book.consent["status"].eq("subscribed") & book.consent["blocked_at"].isna(), "yes", "no"),
        "Default Address Company": people["organization"], "Default Address City": people["city"],
        "Default Address Province Code": people["region"], "Default Address Country Code": people["country_code"],
        "Default Address Zip": _kept_as_text(people["zip"]), "Default Address Phone": phone, "Phone": phone,
        "Accepts SMS Marketing": "no", "Total Spent": cells.amounts(spent.reindex(people.index).fillna(0.0)),
        "Total Orders": orders["person"].value_counts().reindex(people.index).fillna(0).astype(int).astype(str),
        "Tax Exempt": "no", "Tags": people["tags"].map(", ".join, na_action="ignore"),
    }  # fmt: skip
    return TextFile("customers_export.csv", _table(columns, people.index, CUSTOMER_COLUMNS), amounts=("Total Spent",))


def _orders(book: Book, orders_per_file: int) -> list[TextFile]:
    lines = _lines(book) if len(book.goods) else _table({}, book.goods.index, ORDER_COLUMNS)  # pandas cannot join texts of no rows
    orders = lines["Name"].drop_duplicates()
    starts = range(0, len(orders), orders_per_file)
    parts = [lines[lines["Name"].isin(orders.iloc[start : start + orders_per_file])] for start in starts] or [lines]
    names = ["orders_export.csv"] if len(parts) == 1 else [f"orders_export_{number}.csv" for number in range(1, len(parts) + 1)]
    money = tuple(name for name in ORDER_COLUMNS if name in ("Subtotal", "Shipping", "Taxes", "Total") or _is_amount(name))
    moments = tuple(name for name in ORDER_COLUMNS if name.endswith(" at"))
    return [TextFile(name, part, amounts=money, moments=moments, unit="Name") for name, part in zip(names, parts, strict=True)]


def _is_amount(name: str) -> bool:
    return name.endswith((" Amount", " price", " Balance", "Lineitem discount", " Value"))


def _lines(book: Book) -> pd.DataFrame:
    """One row a line, newest order first; what is about the order stands on its first line only."""
    goods = book.goods.join(book.orders[["ordered_at"]], on="order_id")
    goods["place"] = book.orders.index.get_indexer(pd.Index(goods["order_id"]))
    goods = goods.sort_values(["ordered_at", "place", "line_no"], ascending=[False, False, True], kind="stable")
    head = _heads(book).reindex(goods["order_id"])
    head.index = goods.index
    fulfilled = head["Fulfillment Status"].map({"fulfilled": "fulfilled"}).fillna("pending")
    columns = {
        **{str(name): head[name] for name in head}, "Lineitem quantity": goods["quantity"].astype(int).astype(str),
        "Lineitem name": goods["title"], "Lineitem price": cells.amounts(goods["unit_price"]), "Lineitem sku": goods["sku"],
        "Lineitem requires shipping": "true", "Lineitem taxable": "true", "Lineitem fulfillment status": fulfilled,
        "Lineitem discount": cells.amounts(goods["discount"]), "Vendor": goods["brand"],
    }  # fmt: skip
    lines = _table(columns, goods.index, ORDER_COLUMNS)
    further = goods["order_id"].duplicated()
    lines.loc[further.to_numpy(), [name for name in ORDER_COLUMNS if name not in ON_EVERY_LINE]] = None
    return lines


def _heads(book: Book) -> pd.DataFrame:
    """One row an order: what stands on its first line."""
    orders = book.orders
    gross, zone = (book.goods["unit_price"] * book.goods["quantity"]).groupby(book.goods["order_id"]).sum(), book.zone
    columns = {
        "Name": orders["order_number"], "Email": orders["email_at_order"], "Financial Status": orders["financial_status"],
        **{name: cells.with_offset(orders[column], zone)
           for name, column in (("Created at", "ordered_at"), ("Paid at", "paid_at"), ("Cancelled at", "cancelled_at"))},
        "Fulfillment Status": orders["fulfillment_status"].isin(["shipped", "picked_up"]).map({True: "fulfilled", False: "unfulfilled"}),
        "Accepts Marketing": cells.words(book.accepted_at_order(), "yes", "no"), "Currency": orders["currency"],
        "Subtotal": cells.amounts(gross.reindex(orders.index) - orders["discount_total"]),
        "Shipping": cells.amounts(orders["shipping_total"]), "Taxes": cells.amounts(orders["tax_total"]),
        "Total": cells.amounts(orders["total"]), "Discount Code": orders["discount_codes"].map(", ".join, na_action="ignore"),
        "Discount Amount": cells.amounts(orders["discount_total"]), "Refunded Amount": cells.amounts(orders["refunded_total"]),
        "Shipping Method": orders["channel"].map({"pickup": "Pickup", "delivery": "Standard"}),
        "Payment Method": orders["is_test"].map({True: "bogus", False: "Shopify Payments"}), "Outstanding Balance": "0.00",
        "Id": pd.Series(range(FIRST_ORDER + 1, FIRST_ORDER + 1 + len(orders)), orders.index).astype(str),
        "Risk Level": "Low", "Source": orders["source_name"], "Tax 1 Name": "VAT", "Tax 1 Value": cells.amounts(orders["tax_total"]),
        **_addresses(book),
    }  # fmt: skip
    return _table(columns, orders.index, [*columns])


def _addresses(book: Book) -> dict[str, pd.Series]:
    """Both addresses of an order: those of its customer, where one is known."""
    orders, people = book.orders, book.people.reindex(book.orders["person"]).set_axis(book.orders.index)
    phone = cells.e164(people["phone"], people["country_code"])
    shared = {"Name": cells.joined(people["first_name"], people["surname"]), "Company": people["organization"], "City": people["city"],
              "Zip": _kept_as_text(orders["shipping_zip"]), "Phone": phone}  # fmt: skip
    both = {f"{side} {name}": column for side in ("Billing", "Shipping") for name, column in shared.items()}
    return {**both, "Billing Country": orders["billing_country"], "Shipping Country": orders["shipping_country"], "Phone": phone}


def _products(book: Book) -> TextFile:
    """A row a variant and a row a further picture of the first one; product columns on the first row of a handle."""
    products = book.table("products")
    titles = products["title"]
    columns = {
        "Handle": titles.map(cells.slug), "Title": titles, "Vendor": products["brand"], "Type": products["product_type"],
        "Published": "true", "Option1 Name": "Title", "Option1 Value": products["variant_title"].fillna("Default Title"),
        "Variant SKU": products["sku"], "Variant Inventory Policy": "deny", "Variant Fulfillment Service": "manual",
        "Variant Price": cells.amounts(products["price"]), "Variant Compare At Price": cells.amounts(products["compare_at_price"]),
        "Variant Requires Shipping": "true", "Variant Taxable": "true", "Variant Barcode": products["ean"],
        "Image Src": products["url"] + "/1.jpg", "Image Position": "1", "Gift Card": cells.words(products["is_gift_card"], "true", "false"),
        "Variant Weight Unit": "kg",
    }  # fmt: skip
    rows = _table(columns, products.index, PRODUCT_COLUMNS)
    of_product = ["Title", "Body (HTML)", "Vendor", "Type", "Tags", "Published", "Option1 Name", "Gift Card"]
    rows.loc[rows["Handle"].duplicated().to_numpy(), of_product] = None
    pictures = [_picture(rows, number) for number in range(2, PICTURES + 1)]
    rows = pd.concat([rows, *pictures]).sort_values("Handle", kind="stable")
    return TextFile("products_export.csv", rows, amounts=("Variant Price", "Variant Compare At Price"), unit="Handle")


def _picture(rows: pd.DataFrame, number: int) -> pd.DataFrame:
    """Rows that hold nothing but a further picture of each handle."""
    first = rows[~rows["Handle"].duplicated()]
    source = first["Image Src"].str.replace("/1.jpg", f"/{number}.jpg")
    columns = {"Handle": first["Handle"], "Image Src": source, "Image Position": str(number)}
    return _table(columns, first.index, PRODUCT_COLUMNS)


def _table(columns: Mapping[str, object], index: pd.Index, names: list[str]) -> pd.DataFrame:
    """The named columns in the order of the export; those that are not given are empty."""
    return pd.DataFrame({name: columns.get(name) for name in names}, index=index, dtype=object)


def _kept_as_text(numbers: pd.Series) -> pd.Series:
    """Numbers with the apostrophe that keeps a spreadsheet from eating their zeros; other texts as they are."""
    return numbers.where(~numbers.str.fullmatch(r"\+?\d+", na=False), "'" + numbers)
