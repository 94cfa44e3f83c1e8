"""The door a web server knocks on."""

import os

from django.core.wsgi import get_wsgi_application

os.umask(0o077)  # databases and photos are nobody else's
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
