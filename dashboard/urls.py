from django.urls import path

from dashboard import briefing_views, map_views, rows_views, search_views, views, wall_views, warning_views

app_name = "dashboard"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("overview/", views.overview, name="overview"),
    path("overview/rows/<slug:code>/", rows_views.rows, name="rows"),
    path("overview/wall/", wall_views.wall, name="wall"),
    path("overview/briefing.pdf", briefing_views.pdf, name="briefing_pdf"),
    path("overview/briefing.docx", briefing_views.docx, name="briefing_docx"),
    path("map/", map_views.site_map, name="map"),
    path("search/", search_views.search, name="search"),
    path("warnings/<int:pk>/", warning_views.site_warnings, name="site_warnings"),
    path("calendar/<str:token>.ics", views.feed, name="feed"),
]
