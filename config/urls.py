from django.urls import include, path, re_path

from applications import paper_views
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
    path("programmes/", include("programmes.urls")),
    # Printed in capitals: a QR code of capitals is coarser, so that worse scans of it can be read.
    re_path(
        r"^[Pp]/(?P<number>[^/]+)/(?P<digest>[0-9A-Fa-f]{16})(?:/(?P<page>[0-9]+-[0-9]+|[Ww]))?/?$",
        paper_views.check,
        name="check_paper",
    ),
]
