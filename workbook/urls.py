from django.urls import path

from . import views
from .quality import views as quality

app_name = "workbook"

urlpatterns = [
    path("my-data/", views.own_data, name="own_data"),
    path("quality/", quality.quality, name="quality"),
    path("quality/merge/<int:pk>/<int:other>/", quality.merge, name="merge"),
    path("quality/place/<int:pk>/", quality.place_member, name="place_member"),
    path("quality/settle/<int:pk>/", quality.settle_unit, name="settle_unit"),
    path("quality/attendance/<int:pk>/", quality.repair_attendance, name="repair_attendance"),
]
