"""`contact show` and `order show`: a profile, and an order, in the terminal."""

from typing import Annotated, Any

import typer
from django.db.models import QuerySet

from comanda.cli import database
from comanda.cli.access import Json
from comanda.cli.output import Refused, as_json, moment, say, table
from comanda.lib import money
from comanda.records import contacts as contact_records
from comanda.records.models import Activity, Contact, Order, OrderLine, Store

contacts = typer.Typer(help="People.", no_args_is_help=True)
orders = typer.Typer(help="Orders.", no_args_is_help=True)
_LAST_ORDERS, _LAST_ACTIVITY = 5, 15


@contacts.callback()
def _contacts() -> None:
    """People."""


@orders.callback()
def _orders() -> None:
    """Orders."""


@contacts.command("show")
def show_contact(
    who: Annotated[str, typer.Argument(metavar="E-MAIL", help="An e-mail, a phone with +, or Comanda's id.")],
    as_document: Json = False,
) -> None:
    """Show a person: totals, last orders with their lines, activity."""
    with database.opened():
        contact = _find(who)
        totals = contact_records.totals(contact.pk)
        latest = list(
            Order.objects.filter(contact=contact)
            .select_related("store")
            .order_by("-placed_at", "-id")[:_LAST_ORDERS]
        )
        happened = list(
            Activity.objects.filter(contact_id=contact.pk).order_by("-at", "-id")[:_LAST_ACTIVITY]
        )
        if as_document:
            as_json(_profile(contact, totals, latest, happened))
            return
        zone = latest[0].store.timezone if latest else ""
        _tell_contact(contact, zone)
        _tell_totals(totals, zone)
        for order in latest:
            _tell_order(order)
        _tell_activity(happened)


def _find(who: str) -> Contact:
    named: QuerySet[Contact]
    if who.isdigit() and len(who) < 19:
        named = Contact.objects.filter(id=int(who))
    elif "@" in who:
        named = contact_records.newest_first(email=who)
    else:
        named = contact_records.newest_first(phone=who)
    found = named.first()
    if found is None:
        raise Refused(f"There is no contact {who}.")
    return found


def _tell_contact(contact: Contact, zone: str) -> None:
    name = f"{contact.first_name} {contact.last_name}".strip()
    accepts = {True: "yes", False: "no", None: "unknown"}[contact.accepts_marketing]
    since = moment(contact.consent_at, zone)
    when = f" (since {since}, {contact.consent_source})" if since else ""
    said = [name, contact.email, contact.phone, contact.company]
    say(f"Contact {contact.pk}: {' · '.join(part for part in said if part)}")
    say(f"Accepts marketing: {accepts}{when}")


def _tell_totals(totals: list[contact_records.Totals], zone: str) -> None:
    columns = ("currency", "revenue", "completed", "products", "average", "first", "last")
    table(
        "",
        columns,
        (
            (
                each.currency,
                money.to_the_cent(each.revenue, each.currency),
                f"{each.completed:,} of {each.orders:,}",
                money.plain(each.products),
                "" if each.average is None else money.to_the_cent(each.average, each.currency),
                moment(each.first_order_at, zone)[:10],
                moment(each.last_order_at, zone)[:10],
            )
            for each in totals
        ),
        right=columns[1:5],
    )


def _tell_order(order: Order) -> None:
    told = (
        f"{order.status} ({order.source_status})"
        if order.source_status not in ("", order.status)
        else order.status
    )
    say(
        f"\nOrder {order.number or order.external_id} · {order.store.key} · "
        f"{moment(order.placed_at, order.store.timezone)} · "
        f"{told} · {money.amount(order.total, order.currency)} {order.currency}"
    )
    parts = [
        f"{what} {money.amount(amount, order.currency)}"
        for what, amount in (
            ("discount", order.discount_total),
            ("shipping", order.shipping_total),
            ("tax", order.tax_total),
            ("refunded", order.refund_total),
        )
        if amount
    ] + [f"coupon {coupon}" for coupon in order.coupons]
    if parts:
        say(" · ".join(parts))
    table(
        "",
        ("sku", "name", "quantity", "price", "total"),
        (
            (
                line.sku or (line.product.external_id if line.product else ""),
                line.name,
                money.plain(line.quantity),
                money.amount(line.unit_price, order.currency),
                money.amount(line.total, order.currency),
            )
            for line in _lines(order)
        ),
        right=("quantity", "price", "total"),
    )


def _lines(order: Order) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(order=order).select_related("product").order_by("position")


def _tell_activity(happened: list[Activity]) -> None:
    zones = dict(Store.objects.values_list("id", "timezone"))
    say("\nActivity")
    table(
        "",
        ("when", "what", "more"),
        (
            (moment(each.at, zones.get(each.store_id or 0, "")), each.kind, _details(each.data))
            for each in happened
        ),
    )


def _details(data: dict[str, Any]) -> str:
    changes = data.get("changes")
    if changes:
        return ", ".join(f"{what}: {before} → {after}" for what, (before, after) in changes.items())
    return ", ".join(f"{what}: {value}" for what, value in data.items())


def _profile(
    contact: Contact, totals: list[contact_records.Totals], latest: list[Order], happened: list[Activity]
) -> dict[str, Any]:
    own = ("id", "email", "phone", "first_name", "last_name", "company", "accepts_marketing", "consent_at")
    return {
        **{column: getattr(contact, column) for column in own},
        "totals": [
            {
                "currency": each.currency,
                "orders": each.orders,
                "completed": each.completed,
                "revenue": money.to_the_cent(each.revenue, each.currency),
                "products": money.plain(each.products),
                "first_order_at": each.first_order_at,
                "last_order_at": each.last_order_at,
            }
            for each in totals
        ],
        "orders": [_order(order) for order in latest],
        "activity": [{"at": each.at, "kind": each.kind, "data": each.data} for each in happened],
    }


def _order(order: Order) -> dict[str, Any]:
    return {
        "id": order.pk,
        "order_id": order.external_id,
        "store": order.store.key,
        "status": order.status,
        "source_status": order.source_status,
        "placed_at": order.placed_at,
        "currency": order.currency,
        "total": money.amount(order.total, order.currency),
        "refund_total": money.amount(order.refund_total, order.currency),
        "contact_id": order.contact_id,
        "lines": [
            {
                "product_id": line.product.external_id if line.product else "",
                "sku": line.sku,
                "name": line.name,
                "quantity": money.plain(line.quantity),
                "unit_price": money.amount(line.unit_price, order.currency),
                "total": money.amount(line.total, order.currency),
            }
            for line in _lines(order)
        ],
    }


@orders.command("show")
def show_order(
    order_id: Annotated[str, typer.Argument(help="The shop's own id of the order.")],
    store: Annotated[
        str, typer.Option(help="The store's key, where several stores have such an order.")
    ] = "",
    as_document: Json = False,
) -> None:
    """Show an order with its lines and history."""
    with database.opened():
        found = (
            Order.objects.filter(external_id=order_id)
            .select_related("store", "contact")
            .order_by("store__key")
        )
        if store:
            found = found.filter(store__key=store)
        if not found:
            raise Refused(f"There is no order {order_id}{f' in {store}' if store else ''}.")
        if len(found) > 1:
            raise Refused(
                f"Several stores have an order {order_id}: "
                f"{', '.join(each.store.key for each in found)}. Add --store."
            )
        order = found[0]
        happened = list(
            Activity.objects.filter(contact_id=order.contact_id, order_id=order.pk).order_by("at", "id")
        )
        if as_document:
            history = [{"at": each.at, "kind": each.kind, "data": each.data} for each in happened]
            as_json({**_order(order), "activity": history})
            return
        _tell_order(order)
        say(f"\nBought by {_buyer(order.contact)}.")
        _tell_activity(happened)


def _buyer(contact: Contact | None) -> str:
    if contact is None:
        return "a guest"
    return f"contact {contact.pk}: {contact.email or contact.phone}".removesuffix(": ")
