from django.urls import path

from publicity import coverage_views as views
from publicity import matrix_views, plan_views

urlpatterns = [
    path("coverage/", views.coverage_list, name="coverage"),
    path("coverage/new/", views.new, name="coverage_new"),
    path("coverage/<int:pk>/", views.entry, name="coverage_entry"),
    path("coverage/<int:pk>/change/", views.change, name="coverage_change"),
    path("coverage/<int:pk>/withdraw/", views.withdraw, name="coverage_withdraw"),
    path("coverage/<int:pk>/reprint/", views.reprint, name="coverage_reprint"),
    path("coverage/<int:pk>/fetch/", views.fetch, name="coverage_fetch"),
    path("coverage/<int:pk>/file/", views.file, name="coverage_file"),
    path("coverage/<int:pk>/page/", views.snapshot, name="coverage_page"),
    path("matrix/", matrix_views.matrix, name="matrix"),
    path("plan/", plan_views.plan, name="plan"),
    path("plan/new/", plan_views.new, name="planned_new"),
    path("plan/<int:pk>/", plan_views.planned, name="planned"),
    path("plan/<int:pk>/change/", plan_views.change, name="planned_change"),
    path("plan/<int:pk>/drop/", plan_views.drop, name="planned_drop"),
]
