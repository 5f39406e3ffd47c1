"""Django's settings. What depends on the place comes from the environment: docs/settings.md lists each variable."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from labeling.config.databases import database, sqlite_url
from labeling.config.env import Env, SettingRefused
from labeling.config.keys import checked, kept
from labeling.config.logs import logging_settings
from labeling.config.outside import model_servers, private_networks
from labeling.config.queue import celery_settings, checked_redis, make_folders

BASE_DIR = Path(__file__).resolve().parents[2]
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")

env = Env(os.environ)

# Where we are -------------------------------------------------------------------------------------------------------
TOUCHSTONE_HOME = env.folder("TOUCHSTONE_HOME", BASE_DIR / "var")
TOUCHSTONE_HOME.mkdir(parents=True, exist_ok=True, mode=0o700)
make_folders(TOUCHSTONE_HOME)
TOUCHSTONE_INPUT = env.folders("TOUCHSTONE_INPUT", TOUCHSTONE_HOME / "input")
TOUCHSTONE_PORT = env.number("TOUCHSTONE_PORT", 8000, least=1, most=65535)
TOUCHSTONE_THREADS = env.number("TOUCHSTONE_THREADS", 8, least=1, most=64)
TOUCHSTONE_VIDEOS_AT_ONCE = env.number("TOUCHSTONE_VIDEOS_AT_ONCE", 1, least=1, most=64)
TOUCHSTONE_FRAME_CACHE = env.number("TOUCHSTONE_FRAME_CACHE", 512, least=16, most=1_000_000)
REDIS_URL = checked_redis(env.text("REDIS_URL"))

# Whom we ask: everything goes out through labeling.storage.egress.
TOUCHSTONE_MODEL_SERVERS = model_servers("TOUCHSTONE_MODEL_SERVERS", env.words("TOUCHSTONE_MODEL_SERVERS", ()))
TOUCHSTONE_PRIVATE_NETWORKS = private_networks(
    "TOUCHSTONE_PRIVATE_NETWORKS", env.words("TOUCHSTONE_PRIVATE_NETWORKS", ())
)

DEBUG = env.flag("TOUCHSTONE_DEBUG", default=False)
ALLOWED_HOSTS = env.words("TOUCHSTONE_HOSTS", LOOPBACK)
if "*" in ALLOWED_HOSTS:
    raise SettingRefused("TOUCHSTONE_HOSTS", "holds *", "Name each host that people type.")
if DEBUG and not set(ALLOWED_HOSTS) <= set(LOOPBACK):
    raise SettingRefused(
        "TOUCHSTONE_DEBUG", "is on for hosts beyond this machine", "Unset it, or unset TOUCHSTONE_HOSTS."
    )

given_key = env.text("TOUCHSTONE_SECRET_KEY")
SECRET_KEY = checked(given_key) if given_key else kept(TOUCHSTONE_HOME / "secret-key")

# What runs ----------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "labeling.workforce",
    "labeling.jobs",
    "labeling.pages",
    "labeling.api",
    "labeling.cli",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "django_htmx",
]

MIDDLEWARE = [
    "labeling.config.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "labeling.config.middleware.NulMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "labeling.config.urls"
WSGI_APPLICATION = "labeling.config.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# What is kept -------------------------------------------------------------------------------------------------------
pool = env.number("TOUCHSTONE_DATABASE_POOL", TOUCHSTONE_THREADS, least=0, most=200)
DATABASES = {
    "default": database(env.text("DATABASE_URL", sqlite_url(TOUCHSTONE_HOME / "touchstone.sqlite3")), pool=pool),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHE_LIMITS = {"socket_connect_timeout": 0.5, "socket_timeout": 1.0}  # seconds: a sign-in must not wait for Redis
CACHES: dict[str, dict[str, Any]] = {
    # Rate limits only. Without Redis one web process serves, and its memory is enough.
    "default": {
        "BACKEND": "labeling.config.caching.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": CACHE_LIMITS,
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}
DATA_UPLOAD_MAX_NUMBER_FILES = 1000
FILE_UPLOAD_PERMISSIONS = 0o600

# Static files: from the apps as they stand, or hashed and collected in TOUCHSTONE_STATIC by `collectstatic`.
STATIC_URL = "/static/"
collected = env.text("TOUCHSTONE_STATIC")
STATIC_ROOT = str(Path(collected).absolute()) if collected else None
WHITENOISE_USE_FINDERS = not collected
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": TOUCHSTONE_HOME / "uploads"},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if collected
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Who comes in -------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "workforce.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "labeling.workforce.adapter.InvitationOnly"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}

proxies = env.number("TOUCHSTONE_PROXIES", 0, least=0, most=10)
ALLAUTH_TRUSTED_PROXY_COUNT = proxies
https = env.flag("TOUCHSTONE_HTTPS", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if proxies and https else None
SECURE_HSTS_SECONDS = 31_536_000 if https else 0
SECURE_SSL_REDIRECT = https
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# W002: our own middleware says it. W005 and W021 are promises about the whole domain, which is not ours to give.
SILENCED_SYSTEM_CHECKS = ["security.W002", "security.W005", "security.W021"]
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if https else "http"

# How we speak -------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # until there is a catalogue: half a translation is worse than none
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING = logging_settings(env.text("TOUCHSTONE_LOG_LEVEL", "INFO").upper())

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "labeling.api.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "labeling.api.problems.handle",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Touchstone",
    "DESCRIPTION": "Human-in-the-loop labeling. Everything a page does, the API can.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
}

# Behind the scenes: CELERY_BROKER_URL and so on ---------------------------------------------------------------------
globals().update(
    {f"CELERY_{name.upper()}": value for name, value in celery_settings(REDIS_URL, TOUCHSTONE_HOME).items()}
)

env.refuse_unknown()
