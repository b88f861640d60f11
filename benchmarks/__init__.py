"""Benchmarks: `make bench`. They are no part of the application."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
