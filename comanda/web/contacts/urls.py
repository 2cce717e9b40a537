"""Addresses of the list of contacts, and of each one's profile."""

from django.urls import URLPattern, path

from comanda.web.contacts import bulk, cards, listing, orders_tab, privacy, profile

urlpatterns: list[URLPattern] = [
    path("contacts", listing.list_contacts, name="contacts"),
    path("contacts/count", listing.count_contacts, name="contacts_count"),
    path("contacts/columns", listing.choose_columns, name="contacts_columns"),
    path("contacts/export", listing.export_contacts, name="contacts_export"),
    path("contacts/change", bulk.change_contacts, name="contacts_change"),
    path("contacts/<int:contact_id>", profile.show_profile, name="contact"),
    path("contacts/<int:contact_id>/details", cards.show_details, name="contact_details"),
    path("contacts/<int:contact_id>/edit", cards.edit_details, name="contact_edit"),
    path("contacts/<int:contact_id>/consent", cards.state_consent, name="contact_consent"),
    path("contacts/<int:contact_id>/groups", cards.change_groups, name="contact_groups"),
    path("contacts/<int:contact_id>/orders/<int:order_id>", orders_tab.show_order, name="contact_order"),
    path("contacts/<int:contact_id>/carts/<int:cart_id>", orders_tab.show_cart, name="contact_cart"),
    path("contacts/<int:contact_id>/export", privacy.export_person, name="contact_export"),
    path("contacts/<int:contact_id>/erase", privacy.erase_person, name="contact_erase"),
]
