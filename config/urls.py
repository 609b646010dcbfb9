from django.urls import include, path, re_path

from applications import paper_views
from applications.views import site_detail
from config import api
from publicity import check_views, portal_files
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
    # Brings two places of its own: /public/ for anybody, /publicity/ for those who are signed in.
    path("", include("publicity.urls")),
    path("robots.txt", portal_files.robots, name="robots"),
    path("programmes/", include("programmes.urls")),
    path("api/v1/", api.urls),
    # The code of a plaque's certificate, and below that of a form on paper.
    re_path(r"^[Cc]/(?P<code>[A-Za-z2-7]{1,40})/?$", check_views.plaque_scanned, name="check_plaque"),
    # Printed in capitals: a QR code of capitals is coarser, so that worse scans of it can be read.
    re_path(
        r"^[Pp]/(?P<number>[^/]+)/(?P<digest>[0-9A-Fa-f]{16})(?:/(?P<page>[0-9]+-[0-9]+|[Ww]))?/?$",
        paper_views.check,
        name="check_paper",
    ),
]
