from django.urls import path

from assessments import dossier_views, sheet_views, views

app_name = "assessments"
urlpatterns = [
    path("", views.assessment_list, name="list"),
    path("ranking/", views.ranking, name="ranking"),
    path("review/<int:pk>/", views.review_table, name="review_table"),
    path("start/<int:pk>/", views.start, name="start"),
    path("dossiers/applications/<int:pk>/", dossier_views.of_application, name="application_dossier"),
    path("dossiers/sites/<int:pk>/", dossier_views.of_site, name="site_dossier"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/assign/", views.assign, name="assign"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/deliberate/", views.deliberate, name="deliberate"),
    path("<int:pk>/recommend/", views.recommend, name="recommend"),
    path("<int:pk>/answer/", views.answer, name="answer"),
    path("<int:pk>/notice/", views.notice, name="notice"),
    path("<int:pk>/objection/", views.objection, name="objection"),
    path("objections/<int:pk>/decide/", views.objection_decide, name="objection_decide"),
    path("<int:pk>/decline/", views.decline, name="decline"),
    path("<int:pk>/award/", views.award, name="award"),
    path("sheets/<int:pk>/", sheet_views.sheet, name="sheet"),
    path("sheets/<int:pk>/hand-in/", sheet_views.hand_in, name="hand_in"),
    path("sheets/<int:pk>/unassign/", sheet_views.unassign, name="unassign"),
]
