from django.urls import path

from history.views import law

app_name = "history"
urlpatterns = [
    path("lag/", law.overview, name="law"),
    path("lag/grans/<str:key>/", law.change_limit, name="limit"),
    path("lag/hanvisning/<slug:key>/", law.change_reference, name="reference"),
    path("lag/fraga/<slug:key>/", law.decide, name="question"),
]
