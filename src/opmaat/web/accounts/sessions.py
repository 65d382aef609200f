"""Sessions, kept in the database as Django keeps them."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, OperationalError


class SessionStore(db.SessionStore):
    """A session that tells a database that is away from a session that was ended on another screen.

    Django takes both for the second, and answers that the request was wrong. Whoever sent it would think that
    nothing was saved, and a browser that asks again after an error of the server would not ask again.
    """

    def save(self, must_create: bool = False) -> None:
        """Save; raises OperationalError or InterfaceError when the database cannot be reached."""
        try:
            super().save(must_create=must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError | InterfaceError):
                raise error.__context__ from None
            raise
