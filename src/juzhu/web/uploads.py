"""Takes an uploaded file into memory up to a limit and throws away the rest as it comes."""

from io import BytesIO
from typing import Final

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from juzhu.ports.sheets import MOST_FILE_BYTES

KEEP: Final = MOST_FILE_BYTES + 1
"""One byte more than may be, so that whoever reads it sees that it was too long."""


class OneSmallFile(FileUploadHandler):
    """Never writes to a disk and never holds more than `KEEP` bytes and a chunk.

    The rest is still read, and dropped: a browser shows the answer only once it has sent all.
    """

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Begin with nothing."""
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]  # passed on as it came
        self._held = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002  # Django's
        """Keep what still fits."""
        self._held.write(raw_data[: KEEP - self._held.tell()])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:  # noqa: ARG002  # Django's
        """Return the file, cut off at the limit."""
        size = self._held.tell()
        self._held.seek(0)
        return InMemoryUploadedFile(
            self._held, self.field_name, self.file_name or "", self.content_type, size, self.charset
        )
