from django.contrib.staticfiles.apps import StaticFilesConfig


class OwnStaticFiles(StaticFilesConfig):
    """Viewflow's own 50 MB front end is not used, so it is not collected."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "viewflow", "viewflow/*"]
