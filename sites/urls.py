from django.urls import path

from sites import import_views, views

app_name = "sites"
urlpatterns = [
    path("", views.site_list, name="list"),
    path("new/", views.new, name="new"),
    path("import/", import_views.index, name="import"),
    path("import/results/<int:pk>/", import_views.result, name="import_result"),
    path("import/results/<int:pk>/write/", import_views.write, name="import_write"),
    path("import/<slug:code>/", import_views.upload, name="import_kind"),
    path("import/<slug:code>/template/", import_views.template, name="import_template"),
    path("<int:pk>/activities/", views.activities, name="activities"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
    path("<int:pk>/award/", views.plaque_award, name="plaque_award"),
    path("<int:pk>/register-plaque/", views.plaque_register, name="plaque_register"),
    path("ledger/<int:pk>/", views.plaque_ledger, name="plaque_ledger"),
    path("plaques/<int:pk>/", views.plaque, name="plaque"),
    path("plaques/<int:pk>/paper/", views.plaque_paper, name="plaque_paper"),
    path("plaques/<int:pk>/add-paper/", views.plaque_add_paper, name="plaque_add_paper"),
]
