from django.urls import path

from programmes import views

app_name = "programmes"
urlpatterns = [
    path("rehearsal/", views.rehearsal, name="rehearsal"),
    path("rehearsal/<int:pk>/", views.rehearse, name="rehearse"),
]
