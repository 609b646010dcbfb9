from django.urls import path

from applications import cycle_views, views

app_name = "applications"
urlpatterns = [
    path("", views.application_list, name="list"),
    path("start/<int:site_pk>/<int:level_pk>/", views.start, name="start"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/autosave/", views.autosave, name="autosave"),
    path("<int:pk>/attach/", views.attach, name="attach"),
    path("attachments/<int:pk>/", views.attachment, name="attachment"),
    path("attachments/<int:pk>/remove/", views.attachment_remove, name="attachment_remove"),
    path("<int:pk>/form.pdf", views.preview, name="preview"),
    path("<int:pk>/submit/", views.submit, name="submit"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/handle/", views.handle, name="handle"),
    path("check/<str:number>/<str:digest>/", views.check, name="check"),
    path("cycle/", cycle_views.cycle, name="cycle"),
    path("cycle/<int:pk>/next/", cycle_views.next_cycle, name="next_cycle"),
    path("cycle/<int:pk>/quota/", cycle_views.quota, name="quota"),
]
