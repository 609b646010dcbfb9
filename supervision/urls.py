from django.urls import path

from supervision import views
from supervision.field_urls import urlpatterns as field_patterns
from supervision.finding_urls import urlpatterns as finding_patterns
from supervision.meeting_urls import urlpatterns as meeting_patterns
from supervision.plan_urls import urlpatterns as plan_patterns
from supervision.task_urls import urlpatterns as task_patterns

app_name = "supervision"
urlpatterns = [
    *plan_patterns,
    *field_patterns,
    *finding_patterns,
    *meeting_patterns,
    *task_patterns,
    path("", views.group_list, name="list"),
    path("<int:pk>/", views.group_detail, name="detail"),
    path("<int:pk>/join/", views.join, name="join"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/areas/", views.area, name="area"),
    path("areas/<int:pk>/end/", views.area_end, name="area_end"),
    path("members/<int:pk>/leave/", views.leave, name="leave"),
]
