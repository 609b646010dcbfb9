from django.urls import include, path

from applications.views import site_detail
from sites.urls import urlpatterns as sites

# A site's page shows what higher floors know of it too (what it may apply for), so its view lives there.
site_patterns = [*sites, path("<int:pk>/", site_detail, name="detail")]

urlpatterns = [
    path("", include("dashboard.urls")),
    path("accounts/", include("accounts.urls")),
    path("messages/", include("notices.urls")),
    path("sites/", include((site_patterns, "sites"))),
    path("applications/", include("applications.urls")),
    path("assessments/", include("assessments.urls")),
    path("supervision/", include("supervision.urls")),
    path("public/", include("publicity.urls")),
]
