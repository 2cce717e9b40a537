"""Addresses of what has a shop behind it; they come before those of stores."""

from django.urls import URLPattern, path

from comanda.web.shops import (
    audits,
    authorise,
    connecting,
    gallery,
    payloads,
    plain,
    standing,
    statuses,
    steering,
)

urlpatterns: list[URLPattern] = [
    path("stores/new", gallery.gallery, name="new_store"),
    path("stores/new/shop/<str:platform>", connecting.connect, name="connect_store"),
    path("stores/new/plain/<str:platform>", plain.add, name="new_plain_store"),
    path("stores/authorised/<str:platform>", authorise.authorised, name="authorised"),
    path("stores/<str:key>/connection", connecting.reconnect, name="reconnect_store"),
    path("stores/<str:key>/state", standing.state, name="store_state"),
    path("stores/<str:key>/calls", standing.last_calls, name="store_calls"),
    path("stores/<str:key>/sync", steering.sync_now, name="sync_store"),
    path("stores/<str:key>/pause", steering.pause, name="pause_store"),
    path("stores/<str:key>/resume", steering.resume, name="resume_store"),
    path("stores/<str:key>/disconnect", steering.disconnect, name="disconnect_store"),
    path("stores/<str:key>/settings", steering.settle, name="store_settings"),
    path("stores/<str:key>/statuses", statuses.status_map, name="store_statuses"),
    path("stores/<str:key>/statuses/save", statuses.save_map, name="save_statuses"),
    path("stores/<str:key>/audit", audits.days, name="store_audit"),
    path("stores/<str:key>/audit/month/compare", audits.compare_month, name="compare_month"),
    path("stores/<str:key>/audit/<str:day>", audits.day, name="store_audit_day"),
    path("stores/<str:key>/audit/<str:day>/compare", audits.compare, name="compare_day"),
    path("stores/<str:key>/inbox", payloads.show_inbox, name="store_inbox"),
    path("stores/<str:key>/inbox/replay", payloads.replay_failed, name="replay_payloads"),
    path("stores/<str:key>/inbox/<int:payload_id>", payloads.payload, name="store_payload"),
    path("stores/<str:key>/inbox/<int:payload_id>/download", payloads.download, name="store_payload_file"),
]
