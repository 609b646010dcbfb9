from django.urls import path

from notices import calendar_views, channel_views, delivery_views, reminder_views, views

app_name = "notices"
urlpatterns = [
    path("", views.message_list, name="list"),
    path("<int:pk>/", views.open_message, name="open"),
    path("read/", views.read_all, name="read_all"),
    path("jobs/<int:pk>/", views.job, name="job"),
    path("jobs/<int:pk>/progress/", views.job_progress, name="job_progress"),
    path("jobs/<int:pk>/cancel/", views.job_cancel, name="job_cancel"),
    path("jobs/<int:pk>/output/", views.job_output, name="job_output"),
    path("calendar/", calendar_views.calendar, name="calendar"),
    path("calendar/remove/", calendar_views.calendar_remove, name="calendar_remove"),
    path("calendar/fill/", calendar_views.calendar_fill, name="calendar_fill"),
    path("channels/", channel_views.channels, name="channels"),
    path("channels/<slug:channel>/", channel_views.channel, name="channel"),
    path("channels/<slug:channel>/test/", channel_views.channel_test, name="channel_test"),
    path("channels/<slug:channel>/forget/", channel_views.channel_forget, name="channel_forget"),
    path("feed/make/", channel_views.feed_make, name="feed_make"),
    path("feed/revoke/", channel_views.feed_revoke, name="feed_revoke"),
    path("reminders/", reminder_views.reminders, name="reminders"),
    path("reminders/ledger/", reminder_views.ledger, name="reminder_ledger"),
    path("absences/", reminder_views.absences, name="absences"),
    path("absences/<int:pk>/end/", reminder_views.absence_end, name="absence_end"),
    path("deliveries/", delivery_views.deliveries, name="deliveries"),
    path("deliveries/<int:pk>/again/", delivery_views.delivery_again, name="delivery_again"),
    path("deliveries/again/", delivery_views.deliveries_again, name="deliveries_again"),
]
