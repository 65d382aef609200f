"""Uploads that are larger than the website takes: read to their end, and kept nowhere."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

_MEGABYTE = 1 << 20


class NotTooLarge(FileUploadHandler):
    """Stops keeping an upload once it is too large; the page then says so beside the field."""

    def __init__(self, request: Any = None) -> None:  # noqa: ANN401
        super().__init__(request)
        self.stopped = False
        self._bytes = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Count the bytes of all files together, and hand them on to who keeps them."""
        self._bytes += len(raw_data)
        if self._bytes > settings.UPLOAD_MOST_BYTES:
            self.stopped = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave it to the handler that keeps files."""


def is_too_large(request: Any) -> bool:  # noqa: ANN401
    """Tell whether what was uploaded with a request was too large, and therefore is not there."""
    return any(getattr(handler, "stopped", False) for handler in request.upload_handlers)


def most_megabytes() -> str:
    """Return how many megabytes an upload may have."""
    return str(settings.UPLOAD_MOST_BYTES // _MEGABYTE)
