"""All settings, from the environment or `.env` (names in .env.example)."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured


BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
# The component gallery at /ui/; always there in debug, and for the tests.
UI_GALLERY = env.bool("UI_GALLERY", default=DEBUG)


def required(name: str, advice: str) -> str:
    """Return a setting that has no safe default; refuse to start without it."""
    if value := env.str(name, default=""):
        return value
    if DEBUG:
        return f"debug-only-{name.lower()}-0123456789abcdef0123456789abcdef"
    raise ImproperlyConfigured(
        f"{name} is not set. {advice} Put it into .env; `make run` writes one for you."
    )


SECRET_KEY = required("SECRET_KEY", "It signs sessions and personal links: 50 random characters.")
FIELD_KEYS = [
    key.strip()
    for key in required(
        "FIELD_KEYS", "They encrypt narratives: `manage.py field_key` makes one."
    ).split(",")
    if key.strip()
]
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
SITE_HOST = urlsplit(SITE_URL).hostname or "localhost"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", SITE_HOST])
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "home.apps.HomeConfig",
    "reports.apps.ReportsConfig",
    "mentorship.apps.MentorshipConfig",
    "supervision.apps.SupervisionConfig",
    "consultations.apps.ConsultationsConfig",
    "library.apps.LibraryConfig",
    "meetings.apps.MeetingsConfig",
    "people.apps.PeopleConfig",
    "journal.apps.JournalConfig",
    "outbox.apps.OutboxConfig",
    "common.apps.CommonConfig",
    "allauth",
    "allauth.account",
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "django_htmx",
    "django_q",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "people.middleware.standing",
    "people.middleware.language",
    "people.middleware.refused_form",
    "people.middleware.unstored",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "home.context_processors.desk",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "common.templatetags.words",
            ],
        },
    },
]
FORM_RENDERER = "common.forms.Renderer"

SQLITE_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        # Without these three, read-then-write transactions fail at once under
        # load ("database is locked"), whatever the timeout.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": SQLITE_PRAGMAS,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    }
else:
    # Shared between processes, so that rate limits count in all of them.
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": VAR_DIR / "cache",
            # Past the limit a third is thrown out at random, counts of failed logins too.
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    }

Q_CLUSTER = {
    "name": "toetuspakett",
    "workers": env.int("Q_WORKERS", default=1),
    "timeout": 90,
    # Must exceed the timeout, or a running task would be started again.
    "retry": 120,
    "max_attempts": 3,
    "catch_up": False,
    "save_limit": 500,
    "label": "django-q",
} | ({"redis": REDIS_URL} if REDIS_URL else {"orm": "default", "poll": 1})

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home:desk"
ACCOUNT_ADAPTER = "people.adapter.AccountAdapter"
ACCOUNT_FORMS = {"reset_password": "people.forms.ResetPasswordForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "people.models.display_name"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGOUT_REDIRECT_URL = "home:desk"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
SESSION_COOKIE_AGE = 10 * 60 * 60

SECURE_COOKIES = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_COOKIES
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31536000 if SECURE_COOKIES else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
    }
}

LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="et")
LANGUAGES = [("et", "Eesti"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Tallinn"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
UPLOAD_LIMIT = 10 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

if DEMO:
    EMAIL_CONFIG = {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend"}
else:
    EMAIL_CONFIG = env.email_url("EMAIL_URL", default="filemail://")
EMAIL_BACKEND = EMAIL_CONFIG["EMAIL_BACKEND"]
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = EMAIL_CONFIG.get("EMAIL_HOST", "localhost")
EMAIL_PORT = EMAIL_CONFIG.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = EMAIL_CONFIG.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = EMAIL_CONFIG.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = EMAIL_CONFIG.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = EMAIL_CONFIG.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
# Off, mails wait for the minute's sweep or for whoever calls outbox.tasks.send_waiting().
OUTBOX_ASYNC = env.bool("OUTBOX_ASYNC", default=True)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"toetuspakett@{SITE_HOST}")
# Threads that look for a season's plan; each uses a core.
PLANNER_WORKERS = env.int("PLANNER_WORKERS", default=min(4, os.cpu_count() or 1))
# Whether the worker asks the library's links if they still answer.
LINK_CHECKS = env.bool("LINK_CHECKS", default=not DEMO)
# Where calendar replies arrive; without it they are files in a maildir.
IMAP_URL = "" if DEMO else env.str("IMAP_URL", default="")
MAILDIR = VAR_DIR / "mailbox"
# The name by which our own mail server signs its Authentication-Results: without them whoever is
# asked to a meeting could answer for another. "off" for a mailbox that only we can write to.
MAIL_AUTHSERV_ID = env.str("MAIL_AUTHSERV_ID", default="")
if IMAP_URL and not MAIL_AUTHSERV_ID and not DEBUG:
    raise ImproperlyConfigured(
        "IMAP_URL is set, but MAIL_AUTHSERV_ID is not. It is the name under which your mail server "
        "writes Authentication-Results, by which forged answers are told; see docs/running.md. "
        "Put it into .env, or the word off if nobody else can write to that mailbox."
    )
if MAIL_AUTHSERV_ID == "off":
    MAIL_AUTHSERV_ID = ""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"personal_links": {"()": "common.logs.HidePersonalLinks"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["personal_links"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"propagate": True},
        # One line for each process and task would bury what matters.
        "django-q": {"level": "WARNING"},
    },
}

# The e-mail address is unique whatever its case, by a constraint the check does not know.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
