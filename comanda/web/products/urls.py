"""Addresses of the pages of products."""

from django.urls import path

from comanda.web.products import listing, page

urlpatterns = [
    path("products", listing.list_products, name="products"),
    path("products/<int:product_id>", page.show_product, name="product"),
    path("products/<int:product_id>/story", page.tell_story, name="product_story"),
]
