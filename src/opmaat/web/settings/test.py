"""Settings of tests: a database in memory, and keys that are none."""

from __future__ import annotations

import tempfile
from pathlib import Path

from opmaat.web.settings.base import *  # noqa: F403
from opmaat.web.settings.base import PACKAGE

SECRET_KEY = "only-for-tests-" + "0123456789" * 4
PEOPLE_KEY = bytes(range(32))
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
STUDIES = PACKAGE.parents[2] / "studies"
OUTPUTS = Path(tempfile.gettempdir()) / "opmaat-outputs"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = tempfile.gettempdir()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
TODAY = "2018-11-12"
