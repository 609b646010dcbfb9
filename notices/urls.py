from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("", views.message_list, name="list"),
    path("<int:pk>/", views.open_message, name="open"),
    path("read/", views.read_all, name="read_all"),
    path("calendar/", views.calendar, name="calendar"),
]
