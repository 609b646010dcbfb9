from django.urls import path

from publicity import views

app_name = "publicity"
urlpatterns = [
    path("plaques/", views.plaque_check, name="plaque_check"),
    path("plaques/<str:check_code>/", views.plaque, name="plaque"),
    path("notices/", views.notices, name="notices"),
]
