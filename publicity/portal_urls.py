"""Addresses of the public portal, below /public/."""

from django.urls import path

from publicity import portal_files, portal_views

urlpatterns = [
    path("", portal_views.start, name="portal"),
    path("sites/", portal_views.sites, name="portal_sites"),
    path("sites/<int:pk>/", portal_views.site, name="portal_site"),
    path("cases/", portal_views.cases, name="portal_cases"),
    path("cases/<int:pk>/", portal_views.case, name="portal_case"),
    path("photos/<int:pk>/", portal_views.photo, name="portal_photo"),
    path("photos/<int:pk>/small/", portal_views.thumbnail, name="portal_thumbnail"),
    path("figures/", portal_views.statistics, name="portal_figures"),
    path("language/<str:code>/", portal_views.language, name="portal_language"),
    path("ledger.csv", portal_files.ledger_csv, name="ledger_csv"),
    path("ledger.json", portal_files.ledger_json, name="ledger_json"),
    path("news.atom", portal_files.feed, name="portal_feed"),
    path("dates.ics", portal_files.calendar, name="portal_calendar"),
    path("sitemap.xml", portal_files.sitemap, name="sitemap"),
]
