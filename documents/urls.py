from django.urls import path

from documents import views

app_name = "documents"
urlpatterns = [
    path("arenden/<str:reference>/utskrift/", views.choose, name="choose"),
    path("dokument/ny/<slug:kind>/<uuid:uuid>/", views.ask, name="ask"),
    path("dokument/<uuid:uuid>/", views.detail, name="document"),
    path("dokument/<uuid:uuid>/fil/", views.fetch, name="file"),
]
