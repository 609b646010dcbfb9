from django.urls import path

from supervision import views

app_name = "supervision"
urlpatterns = [
    path("", views.group_list, name="list"),
    path("<int:pk>/", views.group_detail, name="detail"),
    path("<int:pk>/join/", views.join, name="join"),
    path("members/<int:pk>/leave/", views.leave, name="leave"),
]
