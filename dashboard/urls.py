from django.urls import path

from dashboard import views

app_name = "dashboard"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("overview/", views.overview, name="overview"),
    path("calendar/<str:token>.ics", views.feed, name="feed"),
]
