import os

from django.core.asgi import get_asgi_application

from config import guard

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_asgi_application()
guard.refuse_to_start()
