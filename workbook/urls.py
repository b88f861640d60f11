from django.urls import path

from . import views

app_name = "workbook"

urlpatterns = [
    path("my-data/", views.own_data, name="own_data"),
]
