from django.urls import path

from supervision import finding_views as views

urlpatterns = [
    path("findings/", views.finding_list, name="findings"),
    path("findings/<int:pk>/", views.finding, name="finding"),
    path("findings/<int:pk>/<slug:name>/", views.step, name="finding_step"),
    path("findings/files/<int:pk>/", views.file, name="finding_file"),
    path("findings/talks/<int:pk>/", views.talk_file, name="talk_file"),
    path("letters/<int:pk>/", views.letter, name="letter"),
    path("letters/<int:pk>/progress/", views.letter_progress, name="letter_progress"),
    path("letters/<int:pk>/letter.pdf", views.letter_pdf, name="letter_pdf"),
    path("letters/<int:pk>/seal/", views.letter_seal, name="letter_seal"),
    path("letters/<int:pk>/stamp/", views.letter_stamp, name="letter_stamp"),
]
