"""Settings, from the environment. README.md has the table of the variables.

LOCAL is true on one's own machine (plain http on localhost, a secret key made for you) and false
as soon as a DATABASE_URL names a real server; it then takes SECRET_KEY, ALLOWED_HOSTS and https.
"""

import os
from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.email import read_email
from config.environment import (
    SettingsError,
    check_redis_url,
    choose_database_url,
    find_server_urls,
    parse_database_url,
    read_bool,
    read_int,
    read_list,
    read_secret_key,
    read_years,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").resolve()
DEBUG = read_bool("DEBUG", False)
LOCAL = read_bool("LOCAL", DEBUG or not os.environ.get("DATABASE_URL"))

# Security
SECRET_KEY = read_secret_key(VAR_DIR, local=LOCAL)
ALLOWED_HOSTS = read_list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = read_list("CSRF_TRUSTED_ORIGINS")
if LOCAL:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
elif not ALLOWED_HOSTS:
    raise SettingsError("ALLOWED_HOSTS is not set: the names of this site, with commas.")
if read_bool("TRUST_PROXY", False):
    # Only behind a proxy that sets this header itself: else anyone can claim to come by https.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = not LOCAL
# __Host-: the browser then takes the cookie only over https, for this very host and all its paths,
# so that no neighbouring host can plant one.
_COOKIE_PREFIX = "" if LOCAL else "__Host-"
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{_COOKIE_PREFIX}language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not LOCAL
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
SECURE_HSTS_SECONDS = 0 if LOCAL else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not LOCAL
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"  # addresses name people and organizations by their ids
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
PERMISSIONS_POLICY = {
    "publickey-credentials-create": "self",  # passkeys
    "publickey-credentials-get": "self",
    **{
        feature: []
        for feature in (
            "accelerometer",
            "autoplay",
            "browsing-topics",
            "camera",
            "clipboard-read",
            "display-capture",
            "encrypted-media",
            "geolocation",
            "gyroscope",
            "hid",
            "idle-detection",
            "local-fonts",
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "picture-in-picture",
            "screen-wake-lock",
            "serial",
            "usb",
            "xr-spatial-tracking",
        )
    },
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],  # the style sheet's own small pictures, such as select arrows
        "manifest-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "worker-src": [SELF],
    }
}

# Application
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "branches",
    "accounts",
    "assignments",
    "evaluations",
    "workbook",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # A list of 50 rows is 90 kB of HTML and 8 kB compressed. The random bytes that Django adds to
    # each answer keep secrets from being guessed by its length (BREACH).
    "django.middleware.gzip.GZipMiddleware",
    "config.middleware.privacy_middleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.language_middleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.recording_middleware",
    "accounts.gate.GateMiddleware",
    "accounts.offline.keeping_middleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.second_factor.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = not DEBUG
DJANGO_TABLES2_TEMPLATE = "includes/table.html"

# Data
_server_urls = find_server_urls(VAR_DIR)
DATABASES = {"default": parse_database_url(choose_database_url(_server_urls))}
DATABASES["default"] |= {
    "CONN_MAX_AGE": read_int("CONN_MAX_AGE", 60, least=0),
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {
        "application_name": "chibo",
        "connect_timeout": 10,
        # A statement whose worker was killed ends within this time and lets its locks go.
        "options": "-c client_connection_check_interval=2s",
        **DATABASES["default"]["OPTIONS"],
    },
}
# Migrations run as the role of MIGRATION_DATABASE_URL and grant this one what it may do.
APPLICATION_ROLE = parse_database_url(_server_urls["DATABASE_URL"])["USER"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Counts of wrong passwords: every process of the web server must see the same ones.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": check_redis_url(_server_urls["REDIS_URL"]),
        "KEY_PREFIX": "chibo",
    }
}

# Accounts
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.NameOrEmailBackend"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:login"
SESSION_COOKIE_AGE = read_int("SESSION_COOKIE_AGE", 12 * 3600)
INVITATION_DAYS = read_int("INVITATION_DAYS", 7)
PASSWORD_RESET_TIMEOUT = 3600
SIGN_IN_TRIES = read_int("SIGN_IN_TRIES", 10)
SIGN_IN_LOCK_MINUTES = read_int("SIGN_IN_LOCK_MINUTES", 15)
# The demo accounts of one's own machine go in with their password alone.
_ROLES = ["board", "office", "secretary", "leader", "auditor", "administrator"]
SECOND_FACTOR_ROLES = read_list("SECOND_FACTOR_ROLES")
if "SECOND_FACTOR_ROLES" not in os.environ and not LOCAL:
    SECOND_FACTOR_ROLES = _ROLES
if unknown := set(SECOND_FACTOR_ROLES) - set(_ROLES):
    raise SettingsError(f"SECOND_FACTOR_ROLES names no roles: {', '.join(sorted(unknown))}.")
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 10}

# Signing in: django-allauth
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]  # sign-up is closed
ACCOUNT_EMAIL_VERIFICATION = "none"  # administrators give the addresses
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Chi Bộ: "
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "accounts.forms.SignInForm",
    "change_password": "accounts.forms.PasswordChangeForm",
    "set_password": "accounts.forms.PasswordSetForm",
    "reset_password": "accounts.forms.ForgottenForm",
    "reset_password_from_key": "accounts.forms.PasswordResetForm",
    "reauthenticate": "accounts.forms.ConfirmForm",
}
ACCOUNT_RATE_LIMITS = {
    # First the account, then the address: a locked account does not lock its office.
    "login_failed": f"{SIGN_IN_TRIES}/{SIGN_IN_LOCK_MINUTES}m/key,"
    f"{10 * SIGN_IN_TRIES}/{SIGN_IN_LOCK_MINUTES}m/ip",
    "login": "100/m/ip",  # an office at eight in the morning
}
if read_bool("TRUST_PROXY", False):
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
MFA_ADAPTER = "accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Chi Bộ"
MFA_TOTP_TOLERANCE = 1  # clocks of phones may be half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.ConfirmCodeForm",
    "activate_totp": "accounts.forms.AuthenticatorForm",
    "login_webauthn": "accounts.forms.PasskeySignInForm",
    "authenticate_webauthn": "accounts.forms.PasskeyStepForm",
    "reauthenticate_webauthn": "accounts.forms.PasskeyConfirmForm",
    "add_webauthn": "accounts.forms.PasskeyForm",
    "edit_webauthn": "accounts.forms.PasskeyNameForm",
}

# Single sign-on by OpenID Connect, for people who have a user here
OIDC_SERVER_URL = os.environ.get("OIDC_SERVER_URL", "")
OIDC_NAME = os.environ.get("OIDC_NAME") or "OpenID Connect"
OIDC_TRUST_SECOND_FACTOR = read_bool("OIDC_TRUST_SECOND_FACTOR", False)
SOCIALACCOUNT_ADAPTER = "accounts.adapters.SingleSignOnAdapter"
SOCIALACCOUNT_PROVIDERS = {}
if OIDC_SERVER_URL:
    if not OIDC_SERVER_URL.startswith(("https://", "http://")):
        raise SettingsError(f"OIDC_SERVER_URL={OIDC_SERVER_URL!r} is no address of a web site.")
    if not os.environ.get("OIDC_CLIENT_ID"):
        raise SettingsError("OIDC_CLIENT_ID is not set, and OIDC_SERVER_URL is.")
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "sso",
                "name": OIDC_NAME,
                "client_id": os.environ.get("OIDC_CLIENT_ID", ""),
                "secret": os.environ.get("OIDC_CLIENT_SECRET", ""),
                "settings": {"server_url": OIDC_SERVER_URL},
            }
        ],
    }

# E-mail
globals().update(read_email(local=LOCAL))
# How messages name the pages they speak of; without it they name them in words.
SITE_URL = os.environ.get("SITE_URL", "").rstrip("/")
if SITE_URL and not SITE_URL.startswith(("https://", "http://")):
    raise SettingsError(f"SITE_URL={SITE_URL!r} is no address of a web site.")

# Language and time
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True

# Static files: hashed names and brotli in production, as they lie in the folders on one's machine
STATIC_URL = "static/"
STATIC_ROOT = None if LOCAL else BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = LOCAL
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Limits of what a browser sends beside files
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024**2
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000  # 300 assignments at once have ten fields each
DATA_UPLOAD_MAX_NUMBER_FILES = 5
# Limits of an upload in the browser; commands read files of any size
IMPORT_MAX_UPLOAD_BYTES = read_int("IMPORT_MAX_UPLOAD_BYTES", 50 * 1024**2)
# The largest file that can be attached to a directive
ATTACHMENT_MAX_BYTES = read_int("ATTACHMENT_MAX_BYTES", 20 * 1024**2)
# The largest photo that can be sent with a visit
PHOTO_MAX_BYTES = read_int("PHOTO_MAX_BYTES", 5 * 1024**2)
# What a zip or xlsx may unpack to, in uploads and commands alike
IMPORT_MAX_UNPACKED_BYTES = read_int("IMPORT_MAX_UNPACKED_BYTES", 4 * 1024**3)
IMPORT_MAX_UNPACKED_RATIO = read_int("IMPORT_MAX_UNPACKED_RATIO", 200)

# Background work. Tasks repeat safely, so they are given back when a worker dies.
CELERY_BROKER_URL = check_redis_url(_server_urls["REDIS_URL"])
CELERY_TASK_DEFAULT_QUEUE = os.environ.get("CELERY_QUEUE") or "chibo"
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_TIME_LIMIT = read_int("TASK_TIME_LIMIT_SECONDS", 600)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Longer than the longest task: else a task still at work would be given out a second time.
    "visibility_timeout": CELERY_TASK_TIME_LIMIT + 60,
    # Look for tasks of dead workers every 2 s: kombu's own pace finds them about 100 s late.
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "clear-sessions": {
        "task": "accounts.tasks.clear_sessions",
        "schedule": 24 * 3600.0,
        "options": {"expires": 3600},
    },
    "forget-submissions": {
        "task": "accounts.tasks.forget_submissions",
        "schedule": 24 * 3600.0,
        "options": {"expires": 3600},
    },
    "forget-old-uploads": {
        "task": "workbook.tasks.forget_old_uploads",
        "schedule": 24 * 3600.0,
        "options": {"expires": 3600},
    },
    "remind-people": {
        "task": "assignments.tasks.remind_people",
        "schedule": crontab(hour=6, minute=30),
        "options": {"expires": 6 * 3600},
    },
    # Imports and shards whose worker died, and whose first message was lost, find a new worker.
    "resume-imports": {
        "task": "workbook.tasks.resume_imports",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "resume-papers": {
        "task": "evaluations.tasks.resume_papers",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "forget-papers": {
        "task": "evaluations.tasks.forget_papers",
        "schedule": 24 * 3600.0,
        "options": {"expires": 3600},
    },
    "resume-roll-ups": {
        "task": "evaluations.tasks.resume_roll_ups",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
}
# Working days that a body may take to answer an opinion (Quy định 294-QĐ/TW, 2.3), and the days
# off beside Saturdays and Sundays: those of each year as 09-02, those of one year as 2027-02-08
OPINION_WORKING_DAYS = {
    "grassroots": read_int("OPINION_DAYS_GRASSROOTS", 30),
    "superior": read_int("OPINION_DAYS_SUPERIOR", 60),
    "central": read_int("OPINION_DAYS_CENTRAL", 90),
}
HOLIDAYS = read_list("HOLIDAYS") or ["01-01", "04-30", "05-01", "09-01", "09-02"]
# Topics that are suggested for an opinion, beside those in use
OPINION_TOPICS = read_list("OPINION_TOPICS") or [
    "Chế độ, chính sách",
    "Vay vốn",
    "Xây dựng nông thôn mới",
    "Đất đai",
    "Môi trường",
    "Giao thông, thủy lợi",
    "An ninh, trật tự",
    "Y tế, giáo dục",
    "Việc làm, giảm nghèo",
    "Xây dựng Đảng",
]

# Years after leaving the Party for which each table keeps what tells who a member was
RETENTION_YEARS = read_years(
    "RETENTION_YEARS",
    {
        "members": 5,
        "statuses": 5,
        "disciplines": 10,
        "positions": 10,
        "attendance": 5,
        "tasks": 5,
        "task_steps": 5,
        "visits": 5,
        "closings": 5,
        "fitness": 5,
        "own_plans": 5,
        "task_checks": 5,
        "endings": 5,
        "reviews": 5,
        "deductions": 5,
        "objections": 5,
        "self_reviews": 5,
        "comments": 5,
        "proposals": 5,
        "decisions": 10,
    },
)
if read_bool("ANONYMISE_BY_ITSELF", False):
    CELERY_BEAT_SCHEDULE["anonymise-members"] = {
        "task": "evaluations.tasks.anonymise_due_members",
        "schedule": 86_400.0,
    }
# How long a form that was sent is known again: longer than any phone is without a network.
SUBMISSION_KEEP_DAYS = read_int("SUBMISSION_KEEP_DAYS", 400)
IMPORT_KEEP_DAYS = read_int("IMPORT_KEEP_DAYS", 90)
PAPERS_KEEP_DAYS = read_int("PAPERS_KEEP_DAYS", 14)
IMPORT_LEASE_SECONDS = read_int("IMPORT_LEASE_SECONDS", 30)
# By how many percent a task goes beyond its quantity to be suggested as exceeded (HD 43-HD/BTCTW
# speaks of 30 % beyond what was asked)
TASK_EXCEEDED_PERCENT = read_int("TASK_EXCEEDED_PERCENT", 30)
# Days before the end of a period, a due day, the end of an exemption, and days that a confirmation
# waits, at which people are reminded
REMIND_VISIT_DAYS = read_int("REMIND_VISIT_DAYS", 7)
REMIND_TASK_DAYS = read_int("REMIND_TASK_DAYS", 14)
REMIND_EXEMPTION_DAYS = read_int("REMIND_EXEMPTION_DAYS", 30)
REMIND_CONFIRM_DAYS = read_int("REMIND_CONFIRM_DAYS", 7)
ASSIGNMENT_ENDING_DAYS = read_int("ASSIGNMENT_ENDING_DAYS", 60)
# Visits: how long after the day they may be logged, within how many days the office confirms them,
# and after how many the organization above sees that they still wait
VISIT_LOG_DAYS = read_int("VISIT_LOG_DAYS", 45)
CONFIRM_WITHIN_DAYS = read_int("CONFIRM_WITHIN_DAYS", 15)
ESCALATE_AFTER_DAYS = read_int("ESCALATE_AFTER_DAYS", 30)
ROLL_UP_LEASE_SECONDS = read_int("ROLL_UP_LEASE_SECONDS", 60)
ROLL_UP_SHARD_MEMBERS = read_int("ROLL_UP_SHARD_MEMBERS", 50_000)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL") or "INFO"},
    "loggers": {"django": {"handlers": [], "propagate": True}},
}
