from django.urls import path

from supervision import field_api, field_views

urlpatterns = [
    path("field/", field_views.page, name="field"),
    path("field/sw.js", field_views.worker, name="field_worker"),
    path("field/manifest.webmanifest", field_views.manifest, name="field_manifest"),
    path("field/pack.json", field_api.pack, name="field_pack"),
    path("field/visits/<uuid:uid>/", field_api.visit, name="field_visit"),
    path("field/visits/<uuid:uid>/photos/<uuid:photo_uid>/", field_api.photo, name="field_photo"),
]
