from django.urls import path

from supervision import meeting_views as views

urlpatterns = [
    path("meetings/", views.meeting_list, name="meetings"),
    path("meetings/plan/<int:pk>/", views.plan, name="meeting_plan"),
    path("meetings/<int:pk>/", views.meeting, name="meeting"),
    path("meetings/<int:pk>/change/", views.change, name="meeting_change"),
    path("meetings/<int:pk>/move/", views.move, name="meeting_move"),
    path("meetings/<int:pk>/hold/", views.hold, name="meeting_hold"),
    path("meetings/<int:pk>/cancel/", views.cancel, name="meeting_cancel"),
    path("meetings/<int:pk>/papers/", views.papers, name="meeting_papers"),
    path("meetings/<int:pk>/agenda/", views.agenda, name="meeting_agenda"),
    path("meetings/files/<int:pk>/", views.file, name="meeting_file"),
]
