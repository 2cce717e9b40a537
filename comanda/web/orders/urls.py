"""Addresses of the pages of orders."""

from django.urls import path

from comanda.web.orders import listing, page

urlpatterns = [
    path("orders", listing.list_orders, name="orders"),
    path("orders/sums", listing.sum_orders, name="order_sums"),
    path("orders/export", listing.export_orders, name="orders_export"),
    path("orders/<int:order_id>", page.show_order, name="order"),
    path("orders/<int:order_id>/payloads/<int:payload_id>", page.send_payload, name="order_payload"),
]
