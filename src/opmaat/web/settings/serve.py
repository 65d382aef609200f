"""Settings of an installation; what differs between installations comes from the environment.

OPMAAT_WEB_HOME
    Folder of the database and the keys. Required.
OPMAAT_WEB_DATABASE
    Address of PostgreSQL, such as ``postgresql://user:password@host/name``; default SQLite in HOME.
OPMAAT_WEB_STUDIES
    Folder with the folders of the studies; default ``HOME/studies``.
OPMAAT_WEB_KEYS
    Folder of the keys, which should be kept elsewhere than the database; default ``HOME/keys``.
OPMAAT_WEB_HOSTS
    Names under which the website is reached, with commas between them; default ``localhost``.
OPMAAT_WEB_BEHIND_PROXY
    1 when a proxy that ends TLS sets ``X-Forwarded-Proto`` itself on every request.
OPMAAT_WEB_LOCAL
    1 for a demonstration on this machine without TLS. Never for people's data.
OPMAAT_WEB_TODAY
    A day, such as 2018-03-15, to which the clock of a demonstration is set; refused without OPMAAT_WEB_LOCAL.
"""

from __future__ import annotations

import os
from pathlib import Path

from opmaat.core.secrets import read_secret
from opmaat.web.settings.base import *  # noqa: F403
from opmaat.web.settings.databases import database_of

_NAMED = os.environ.get("OPMAAT_WEB_HOME")
HOME = Path(_NAMED or ".")
_KEYS = Path(os.environ.get("OPMAAT_WEB_KEYS", HOME / "keys"))
_LOCAL = os.environ.get("OPMAAT_WEB_LOCAL") == "1"

DEBUG = False
# Without a home there are no keys, and Django refuses to start.
SECRET_KEY = read_secret(_KEYS / "sessions.key", make=True).hex() if _NAMED else ""
PEOPLE_KEY = read_secret(_KEYS / "people.key", make=True) if _NAMED else b""
ALLOWED_HOSTS = os.environ.get("OPMAAT_WEB_HOSTS", "localhost,127.0.0.1").split(",")
STUDIES = Path(os.environ.get("OPMAAT_WEB_STUDIES", HOME / "studies"))
# What the website makes and keeps as files: exports and results, apart from the database.
OUTPUTS = HOME / "outputs"
DATABASES = {"default": database_of(HOME, os.environ.get("OPMAAT_WEB_DATABASE"))}
# Limits on tries are counted here; they have to hold for all processes together.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SECURE_SSL_REDIRECT = not _LOCAL
if os.environ.get("OPMAAT_WEB_BEHIND_PROXY") == "1":
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
if _LOCAL:
    SECURE_HSTS_SECONDS = 0
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
    TODAY = os.environ.get("OPMAAT_WEB_TODAY")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"nobody": {"()": "opmaat.web.theme.logs.NobodyInLogs"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "nobody"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Those that come with handlers of their own, which would write who someone is.
    "loggers": {
        name: {"handlers": ["console"], "propagate": False}
        for name in ("django", "django.server", "gunicorn.access", "gunicorn.error")
    },
}
