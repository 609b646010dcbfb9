from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    """Static files without what the packages ship for other builds; compressing 57 MB of it took three minutes."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "echarts.js*",
        "echarts.common*",
        "echarts.simple*",
        "echarts.esm*",
        "echarts.*.map",
        "extension",
        "bootstrap-grid*",
        "bootstrap-reboot*",
        "bootstrap-utilities*",
        "bootstrap.css*",
        "bootstrap.js*",
        "bootstrap.esm*",
        "bootstrap.min.js*",
        "bootstrap.bundle.js*",
        "*.rtl.*",
        "bootstrap-icons.css",
        "bootstrap-icons.scss",
        "bootstrap-icons.json",
        "htmx.js",
        "htmx.esm*",
        "htmx.amd*",
        "htmx.cjs*",
        "htmx.min.js.gz",
        "full.*",
        "mini.*",
        "lite.esm*",
        "lite.legacy*",
        "*.cjs",
        "*.mjs",
        "*.ts",
        "package.json",
        "ext",
    ]
