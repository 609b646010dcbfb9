from django.urls import path

from supervision import inspection_views, plan_views

urlpatterns = [
    path("plan/", plan_views.plan, name="plan"),
    path("plan/calendar/", plan_views.calendar, name="plan_calendar"),
    path("plan/unvisited/", plan_views.unvisited, name="unvisited"),
    path("plan/<int:pk>/", plan_views.visit, name="visit"),
    path("plan/<int:pk>/move/", plan_views.move, name="visit_move"),
    path("plan/<int:pk>/cancel/", plan_views.cancel, name="visit_cancel"),
    path("<int:pk>/plan/new/", plan_views.new, name="visit_new"),
    path("<int:pk>/plan/fill/", plan_views.fill, name="plan_year"),
    path("visits/", inspection_views.inspection_list, name="inspections"),
    path("visits/<int:pk>/", inspection_views.inspection, name="inspection"),
    path("visits/<int:pk>/void/", inspection_views.void, name="inspection_void"),
    path("visits/photos/<int:pk>/", inspection_views.photo, name="inspection_photo"),
    path("<int:pk>/visits/new/", inspection_views.new, name="inspection_new"),
]
