from django.urls import path

from supervision import task_views as views

urlpatterns = [
    path("tasks/", views.task_list, name="tasks"),
    path("tasks/print/", views.ledger_print, name="task_ledger"),
    path("tasks/give/<int:pk>/", views.give, name="task_give"),
    path("tasks/take-over/<int:pk>/", views.take_over, name="task_take_over"),
    path("tasks/<int:pk>/", views.task, name="task"),
    path("tasks/<int:pk>/parts/", views.break_down, name="task_break_down"),
    path("tasks/<int:pk>/report/", views.report, name="task_report"),
    path("tasks/<int:pk>/confirm/", views.confirm, name="task_confirm"),
    path("tasks/<int:pk>/return/", views.give_back, name="task_return"),
    path("tasks/<int:pk>/move/", views.move, name="task_move"),
    path("tasks/<int:pk>/cancel/", views.cancel, name="task_cancel"),
    path("tasks/files/<int:pk>/", views.file, name="task_file"),
]
