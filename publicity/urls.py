from django.urls import include, path

from publicity import (
    case_urls,
    certificate_views,
    check_views,
    coverage_urls,
    objection_views,
    portal_urls,
    views,
)

app_name = "publicity"

#: Open to anybody, under /public/.
public = [
    *portal_urls.urlpatterns,
    path("plaques/", check_views.plaque_check, name="plaque_check"),
    path("plaques/taken-back/", views.taken_back, name="taken_back"),
    path("plaques/<str:check_code>/", check_views.plaque, name="plaque"),
    path("notices/", views.notices, name="notices"),
    path("notices/<int:pk>/objection/", objection_views.object_to, name="object"),
    path("objections/", objection_views.outcome, name="outcome"),
    path("objections/received/", objection_views.received, name="objection_received"),
]

#: For those who are signed in, under /publicity/.
inner = [
    *case_urls.urlpatterns,
    *coverage_urls.urlpatterns,
    path("plaques/<int:pk>/certificates/", certificate_views.of_plaque, name="plaque_certificates"),
    path("certificates/<int:pk>/", certificate_views.certificate, name="certificate"),
    path(
        "certificates/<int:pk>/progress/", certificate_views.certificate_progress, name="certificate_progress"
    ),
    path("certificates/<int:pk>/certificate.pdf", certificate_views.certificate_pdf, name="certificate_pdf"),
    path("certificates/<int:pk>/seal/", certificate_views.certificate_seal, name="certificate_seal"),
    path("certificates/<int:pk>/stamp/", certificate_views.certificate_stamp, name="certificate_stamp"),
]

urlpatterns = [path("public/", include(public)), path("publicity/", include(inner))]
