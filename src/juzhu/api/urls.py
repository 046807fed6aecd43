"""The addresses of the exchange that Django answers."""

from django.urls import path

from juzhu.api.endpoints import api

urlpatterns = [path("api/v1/", api.urls)]
