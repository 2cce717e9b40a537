"""Addresses of users and roles."""

from django.urls import URLPattern, path

from comanda.web.team import views

urlpatterns: list[URLPattern] = [
    path("settings/users", views.team, name="team"),
    path("settings/users/invite", views.invite, name="invite"),
    path("settings/users/invited/<int:link_id>/again", views.invite_again, name="invite_again"),
    path("settings/users/invited/<int:link_id>/withdraw", views.withdraw, name="withdraw_invitation"),
    path("settings/users/<int:user_id>", views.person, name="person"),
    path("settings/users/<int:user_id>/role", views.change_role, name="change_role"),
    path("settings/users/<int:user_id>/deactivate", views.deactivate, name="deactivate_user"),
    path("settings/users/<int:user_id>/reactivate", views.reactivate, name="reactivate_user"),
    path("settings/users/<int:user_id>/remove", views.remove, name="remove_user"),
    path("settings/users/<int:user_id>/second-factor", views.drop_second_factor, name="drop_second_factor"),
    path("settings/users/<int:user_id>/link", views.reset, name="reset_link"),
]
