"""Addresses of the dashboard, within the staff's process."""

from django.urls import path

from juzhu.bureau import views

app_name = "bureau"

urlpatterns = [path("overview/", views.overview, name="overview")]
