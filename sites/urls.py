from django.urls import path

from sites import views

app_name = "sites"
urlpatterns = [
    path("", views.site_list, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
    path("<int:pk>/award/", views.plaque_award, name="plaque_award"),
    path("<int:pk>/register-plaque/", views.plaque_register, name="plaque_register"),
    path("plaques/<int:pk>/", views.plaque, name="plaque"),
    path("plaques/<int:pk>/paper/", views.plaque_paper, name="plaque_paper"),
]
