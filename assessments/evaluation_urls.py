from django.urls import path

from assessments import evaluation_talk_views as talks
from assessments import evaluation_views as views

urlpatterns = [
    path("evaluation/", views.start, name="evaluation"),
    path("evaluation/<int:pk>/", views.quarter, name="evaluation_quarter"),
    path("evaluation/<int:pk>/duties/<int:duty>/", views.score, name="evaluation_score"),
    path("evaluation/<int:pk>/send/", views.send, name="evaluation_send"),
    path("evaluation/<int:pk>/close/", views.close, name="evaluation_close"),
    path("evaluation/<int:pk>/ranking/", views.quarter_ranking, name="evaluation_ranking"),
    path("evaluation/units/<int:pk>/", views.unit, name="evaluation_unit"),
    path("evaluation/units/<int:pk>/duties/<int:duty>/", views.report, name="evaluation_report"),
    path("evaluation/units/<int:pk>/confirm/", views.confirm, name="evaluation_confirm"),
    path("evaluation/units/<int:pk>/object/", views.object_to, name="evaluation_object"),
    path("evaluation/units/<int:pk>/decide/", views.decide, name="evaluation_decide"),
    path("evaluation/reports/<int:pk>/file/", views.report_file, name="evaluation_file"),
    path("evaluation/years/<int:pk>/", views.year, name="evaluation_year"),
    path("evaluation/years/<int:pk>/classes/", views.classes, name="evaluation_classes"),
    path("evaluation/years/<int:pk>/talks/", talks.talk_list, name="evaluation_talks"),
    path("evaluation/talks/<int:pk>/decide/", talks.talk_decide, name="evaluation_talk_decide"),
    path("evaluation/talks/<int:pk>/hold/", talks.talk_hold, name="evaluation_talk_hold"),
]
