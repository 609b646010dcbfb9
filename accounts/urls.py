from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import token_views, views

app_name = "accounts"
urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", views.password, name="password"),
    path("language/", views.language, name="language"),
    path("demo-day/", views.demo_day, name="demo_day"),
    path("people/", views.users, name="users"),
    path("people/new/", views.new_user, name="new_user"),
    path("people/<int:pk>/", views.user_detail, name="user"),
    path("people/<int:pk>/unlock/", views.unlock, name="unlock"),
    path("roles/<int:pk>/end/", views.role_end, name="role_end"),
    path("audit/", views.audit, name="audit"),
    path("access/", token_views.tokens, name="tokens"),
    path("access/new/", token_views.new_token, name="new_token"),
    path("access/<int:pk>/end/", token_views.end_token, name="end_token"),
    path("alive/", views.alive, name="alive"),
]
