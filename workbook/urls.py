from django.urls import path

from . import views
from .quality import views as quality

app_name = "workbook"

urlpatterns = [
    path("my-data/", views.own_data, name="own_data"),
    path("imports/", views.import_list, name="imports"),
    path("imports/start/", views.import_start, name="import_start"),
    path("imports/headings/", views.heading_list, name="import_headings_known"),
    path("imports/headings/<int:pk>/forget/", views.heading_forget, name="import_heading_forget"),
    path("imports/<int:pk>/", views.import_detail, name="import"),
    path("imports/<int:pk>/rows/", views.import_rows, name="import_rows"),
    path("imports/<int:pk>/headings/", views.import_headings, name="import_headings"),
    path("imports/<int:pk>/check/", views.import_again, name="import_again"),
    path("imports/<int:pk>/commit/", views.import_commit, name="import_commit"),
    path("imports/<int:pk>/undo/", views.import_undo, name="import_undo"),
    path("imports/<int:pk>/discard/", views.import_discard, name="import_discard"),
    path("imports/<int:pk>/<slug:what>.file", views.import_file, name="import_file"),
    path("quality/", quality.quality, name="quality"),
    path("quality/merge/<int:pk>/<int:other>/", quality.merge, name="merge"),
    path("quality/place/<int:pk>/", quality.place_member, name="place_member"),
    path("quality/settle/<int:pk>/", quality.settle_unit, name="settle_unit"),
    path("quality/attendance/<int:pk>/", quality.repair_attendance, name="repair_attendance"),
]
