from django.urls import path

from history.views import checks, law, log

app_name = "history"
urlpatterns = [
    path("loggen/", log.listing, name="log"),
    path("loggen/monster/", log.found_patterns, name="patterns"),
    path("loggen/kontroller/", checks.listing, name="checks"),
    path("loggen/kontroller/ny/", checks.new, name="new_check"),
    path("loggen/kontroller/<uuid:uuid>/", checks.detail, name="check"),
    path("loggen/<uuid:uuid>/", log.detail, name="entry"),
    path("loggen/<uuid:uuid>/namn/<uuid:pupil>/", log.name, name="entry_name"),
    path("lag/", law.overview, name="law"),
    path("lag/grans/<str:key>/", law.change_limit, name="limit"),
    path("lag/hanvisning/<slug:key>/", law.change_reference, name="reference"),
    path("lag/fraga/<slug:key>/", law.decide, name="question"),
]
