"""What the server starts."""

from __future__ import annotations

import sys

from django.core.wsgi import get_wsgi_application

# Who writes an event has the turn of a whole municipality, and needs the interpreter again after each answer
# of the database. A thread that computes keeps it for five milliseconds by default, while everybody waits.
_SECONDS_OF_A_THREAD = 0.0005
sys.setswitchinterval(_SECONDS_OF_A_THREAD)

application = get_wsgi_application()
