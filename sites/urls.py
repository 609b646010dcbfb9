from django.urls import path

from sites import area_figure_views, import_views, liaison_views, life_views, list_views, plaque_views, views

app_name = "sites"
urlpatterns = [
    path("", list_views.site_list, name="list"),
    path("new/", views.new, name="new"),
    path("import/", import_views.index, name="import"),
    path("import/results/<int:pk>/", import_views.result, name="import_result"),
    path("import/results/<int:pk>/write/", import_views.write, name="import_write"),
    path("import/<slug:code>/", import_views.upload, name="import_kind"),
    path("import/<slug:code>/template/", import_views.template, name="import_template"),
    path("<int:pk>/activities/", life_views.ledger, {"kind": "activities"}, name="activities"),
    path("<int:pk>/life/<slug:kind>/", life_views.ledger, name="life"),
    path("<int:pk>/liaisons/", liaison_views.liaisons, name="liaisons"),
    path("liaisons/<int:pk>/end/", liaison_views.end, name="liaison_end"),
    path("life/waiting/", life_views.waiting, name="waiting"),
    path("life/photos/<int:pk>/image/", life_views.photo, name="photo"),
    path("life/photos/<int:pk>/thumbnail/", life_views.thumbnail, name="thumbnail"),
    path("life/<slug:kind>/<int:pk>/", life_views.entry, name="entry"),
    path("life/<slug:kind>/<int:pk>/step/", life_views.step, name="entry_step"),
    path("life/<slug:kind>/<int:pk>/change/", life_views.change, name="entry_change"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
    path("<int:pk>/award/", views.plaque_award, name="plaque_award"),
    path("<int:pk>/register-plaque/", views.plaque_register, name="plaque_register"),
    path("ledger/<int:pk>/", views.plaque_ledger, name="plaque_ledger"),
    path("<int:pk>/change/", views.change, name="change"),
    path("area-figures/", area_figure_views.area_figures, name="area_figures"),
    path(
        "area-figures/<int:pk>/<int:area>/<int:year>/",
        area_figure_views.area_figures_of,
        name="area_figures_of",
    ),
    path("plaques/", list_views.plaque_list, name="plaques"),
    path("plaques/<int:pk>/", plaque_views.plaque, name="plaque"),
    path("plaques/<int:pk>/paper/", plaque_views.paper, name="plaque_paper"),
    path("plaques/<int:pk>/add-paper/", plaque_views.add_paper, name="plaque_add_paper"),
    path("plaques/<int:pk>/handling/", plaque_views.handling, name="plaque_handling"),
    path("handlings/<int:pk>/file/", plaque_views.handling_file, name="handling_file"),
]
