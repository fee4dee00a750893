"""The product as it is, over a copy of a told database; only what a test has to steer differs."""

from config.settings import *
from config.settings import DATABASES, LOGGING, MIDDLEWARE

# Tasks are carried out at once, in the process that asked for them.
CELERY_TASK_ALWAYS_EAGER = True
CELERY_BROKER_URL = "memory://"
# A copy nobody will miss: it need not survive a power cut.
DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MIDDLEWARE = ["tests.browser.clock.moved", *MIDDLEWARE]
ROOT_URLCONF = "tests.browser.urls"
CONCERN_CHANNEL = "https://example.org/orosanmalan"
CONCERN_PHONE = "08-123 45 67"
LOGGING["handlers"]["console"]["level"] = "ERROR"
# Whoever signed in at the beginning of a run still is at its end, however slow the machine.
SESSION_IDLE = SESSION_ABSOLUTE = 24 * 3600
ACCOUNT_REAUTHENTICATION_TIMEOUT = ACCOUNT_LOGIN_TIMEOUT = 24 * 3600
