from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("", views.message_list, name="list"),
    path("<int:pk>/", views.open_message, name="open"),
    path("read/", views.read_all, name="read_all"),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("jobs/<int:pk>/progress/", views.job_progress, name="job_progress"),
    path("jobs/<int:pk>/cancel/", views.job_cancel, name="job_cancel"),
    path("jobs/<int:pk>/output/", views.job_output, name="job_output"),
    path("calendar/", views.calendar, name="calendar"),
]
