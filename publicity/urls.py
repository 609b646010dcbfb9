from django.urls import path

from publicity import objection_views, views

app_name = "publicity"
urlpatterns = [
    path("plaques/", views.plaque_check, name="plaque_check"),
    path("plaques/taken-back/", views.taken_back, name="taken_back"),
    path("plaques/<str:check_code>/", views.plaque, name="plaque"),
    path("notices/", views.notices, name="notices"),
    path("notices/<int:pk>/objection/", objection_views.object_to, name="object"),
    path("objections/", objection_views.outcome, name="outcome"),
    path("objections/received/", objection_views.received, name="objection_received"),
]
