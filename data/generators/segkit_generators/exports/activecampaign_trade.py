"""ActiveCampaign's deep data: customers of each connected shop, orders in cents, and abandoned carts, which are orders too.

A row of ecomOrders is an order (by order_id) or a cart that was left behind (by cart_id); both have their goods in
ecomOrderProducts (by order_item_id, or cart_id).
"""

from collections.abc import Callable

import pandas as pd

from segkit_generators.exports import cells
from segkit_generators.exports.activecampaign_pages import HOST, PER_PAGE, answers, moment, numbers
from segkit_generators.exports.book import Book
from segkit_generators.exports.delivery import JsonFile, Record

COMPLETED, ABANDONED, RECOVERED = "1", "2", "3"
HISTORICAL, REAL_TIME = "0", "1"
CONNECTED_AFTER = pd.Timedelta(days=180)  # orders from before the shop was connected were imported
WEB, COUNTER = "1", "2"


def trade_files(book: Book, contacts: pd.DataFrame) -> list[JsonFile]:
    """Connections, customers, orders with carts, and their goods."""
    orders = _orders(book, contacts)
    customers = _customers(orders)
    places = customers.reset_index().set_index(["email", "connection"])["id"]
    orders["customer"] = places.reindex(pd.MultiIndex.from_frame(orders[["email", "connection"]])).to_numpy()
    return [
        JsonFile("connections", _connections(book), _connection(book), answers("connections")),
        JsonFile("ecomCustomers", customers, _customer(book), answers("ecomCustomers"), PER_PAGE),
        JsonFile("ecomOrders", orders, _order(book), answers("ecomOrders"), PER_PAGE),
        JsonFile("ecomOrderProducts", _goods(book, orders), _product, answers("ecomOrderProducts"), PER_PAGE),
    ]


def _connections(book: Book) -> pd.DataFrame:
    return pd.DataFrame({"id": [WEB, COUNTER], "service": ["webshop", "counter"], "name": [book.name] * 2}).rename_axis("connection")


def _connection(book: Book) -> Callable[[Record], Record]:
    def record(row: Record) -> Record:
        return {
            "service": row["service"], "externalid": row["service"], "name": row["name"], "isInternal": "0", "status": "1",
            "syncStatus": "0", "cdate": moment(book.start + CONNECTED_AFTER, book.zone),
            "links": {"customers": f"{HOST}/connections/{row['id']}/customers"}, "id": row["id"],
        }  # fmt: skip

    return record


def _customers(orders: pd.DataFrame) -> pd.DataFrame:
    """One row a person and connection; its totals are of that connection only."""
    bought = orders[orders["external"].notna()]
    keys = ["person", "email", "connection"]
    totals = bought.groupby(keys).agg(revenue=("total", "sum"), orders=("total", "size"), pieces=("pieces", "sum"))
    customers = orders[keys].drop_duplicates().set_index(keys).join(totals).fillna(0).reset_index()
    customers = customers.sort_values(["person", "connection"], ignore_index=True)
    return customers.assign(id=numbers(len(customers))).rename(columns={"person": "profile_id"}).set_index("profile_id")


def _customer(book: Book) -> Callable[[Record], Record]:
    def record(row: Record) -> Record:
        orders, revenue = int(row["orders"]), int(row["revenue"])
        return {
            "connectionid": row["connection"], "externalid": f"{row['connection']}{int(row['id']):06d}", "email": row["email"],
            "totalRevenue": str(revenue), "totalOrders": str(orders), "totalProducts": str(int(row["pieces"])),
            "avgRevenuePerOrder": str(round(revenue / orders) if orders else 0), "avgProductCategory": None,
            "tstamp": moment(book.end, book.zone), "acceptsMarketing": None,
            "links": {"connection": f"{HOST}/ecomCustomers/{row['id']}/connection", "orders": f"{HOST}/ecomCustomers/{row['id']}/orders"},
            "id": row["id"], "connection": row["connection"],
        }  # fmt: skip

    return record


def _orders(book: Book, contacts: pd.DataFrame) -> pd.DataFrame:
    """Orders and carts left behind, in order of time; amounts in cents."""
    rows = pd.concat([_bought(book), _left(book)])
    rows = rows[rows["person"].isin(contacts.index)].sort_values("at", kind="stable")
    rows["source"] = (rows["at"] >= book.start + CONNECTED_AFTER).map({True: REAL_TIME, False: HISTORICAL})
    return rows.assign(id=numbers(len(rows)), email=contacts["email"].reindex(rows["person"]).to_numpy()).rename_axis("order_id")


def _bought(book: Book) -> pd.DataFrame:
    orders, carts = book.orders, book.table("carts")
    recovered = carts[carts["recovered_order_id"].notna()].reset_index().set_index("recovered_order_id")
    lay = recovered[["cart_id", "abandoned_at"]].reindex(orders.index)
    columns = {
        "person": orders["person"], "at": orders["ordered_at"], "external": orders["source_order_id"], "number": orders["order_number"],
        "checkout": lay["cart_id"], "abandoned_at": lay["abandoned_at"], "currency": orders["currency"],
        "state": lay["cart_id"].notna().map({True: RECOVERED, False: COMPLETED}), "shipping_method": orders["channel"],
        "connection": orders["store_id"].notna().map({True: COUNTER, False: WEB}),
        "pieces": book.goods.groupby("order_id")["quantity"].sum().reindex(orders.index),
        **{name: cells.cents(orders[column]) for name, column in (
            ("total", "total"), ("discount", "discount_total"), ("shipping", "shipping_total"), ("tax", "tax_total"))},
    }  # fmt: skip
    return pd.DataFrame(columns, orders.index)


def _left(book: Book) -> pd.DataFrame:
    """Carts that nobody came back for; they have no id of an order."""
    carts = book.table("carts")
    left = carts[(carts["state"] == "abandoned") & carts["profile_id"].notna()]
    columns = {
        "person": left["profile_id"], "at": left["created_at"], "checkout": pd.Series(left.index, left.index),
        "abandoned_at": left["abandoned_at"], "currency": left["currency"], "state": ABANDONED, "connection": WEB,
        "pieces": left["product_ids"].map(len),
        "total": cells.cents(left["value"]), "discount": 0, "shipping": 0, "tax": 0, "products": left["product_ids"],
    }  # fmt: skip
    return pd.DataFrame(columns, left.index)


def _order(book: Book) -> Callable[[Record], Record]:
    def record(row: Record) -> Record:
        created, place = moment(row["at"], book.zone), f"{HOST}/ecomOrders/{row['id']}"
        return {
            "customerid": row["customer"], "connectionid": row["connection"], "state": row["state"], "source": row["source"],
            "externalid": row["external"], "externalcheckoutid": row["checkout"], "orderNumber": row["number"], "email": row["email"],
            "totalPrice": str(row["total"]), "discountAmount": str(row["discount"]), "shippingAmount": str(row["shipping"]),
            "taxAmount": str(row["tax"]), "totalProducts": str(int(row["pieces"] or 0)), "currency": row["currency"].lower(),
            "shippingMethod": row["shipping_method"], "orderUrl": None, "externalCreatedDate": created, "externalUpdatedDate": created,
            "abandonedDate": moment(row["abandoned_at"], book.zone), "createdDate": created, "updatedDate": created, "orderDate": created,
            "tstamp": created, "links": {"customer": f"{place}/customer", "orderProducts": f"{place}/orderProducts"}, "id": row["id"],
            "connection": row["connection"], "customer": row["customer"],
        }  # fmt: skip

    return record


def _goods(book: Book, orders: pd.DataFrame) -> pd.DataFrame:
    """The goods of every order and cart, prices in cents of one piece before discount."""
    goods, products = book.goods, book.table("products")
    bought = goods[goods["order_id"].isin(orders.index)]
    names = {"product_id": "product", "sku": "sku", "title": "title", "category": "category", "quantity": "quantity", "unit_price": "price"}
    lines = bought[["order_id", *names]].rename(columns=names).rename(columns={"order_id": "of"})
    left = orders.loc[orders["state"] == ABANDONED, "products"].explode()
    there = products.reindex(left).set_axis(left.index)
    in_carts = pd.DataFrame({"of": left.index, "product": left, "sku": there["sku"], "title": there["title"],
                             "category": there["product_type"], "quantity": 1, "price": there["price"]}, left.index)  # fmt: skip
    rows = pd.concat([lines, in_carts]).rename_axis("order_item_id")
    placed = rows.join(orders[["id", "connection", "at"]].rename(columns={"id": "order"}), on="of")
    placed = placed.iloc[placed["order"].astype(int).argsort(kind="stable")]
    return placed.assign(id=numbers(len(placed)), price=cells.cents(placed["price"]), at=cells.iso(placed["at"], book.zone))


def _product(row: Record) -> Record:
    return {
        "orderid": row["order"], "connectionid": row["connection"], "externalid": row["product"], "sku": row["sku"],
        "name": row["title"], "description": None, "price": str(row["price"]), "quantity": str(int(row["quantity"])),
        "category": row["category"], "imageUrl": None, "productUrl": None, "createdDate": row["at"], "updatedDate": row["at"],
        "tstamp": row["at"], "links": {"ecomOrder": f"{HOST}/ecomOrderProducts/{row['id']}/ecomOrder"}, "id": row["id"],
        "ecomOrder": row["order"],
    }  # fmt: skip
