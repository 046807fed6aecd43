"""Model fields whose values are encrypted in the database and plain in Python."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from juzhu.modules.vault.ring import ring


class SealedBytesField(models.BinaryField):  # type: ignore[type-arg]  # django-stubs: not generic at run time
    """Bytes, sealed with AES-GCM under the label `table.column`; never searchable."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    @property
    def label(self) -> str:
        """What the cipher text is bound to."""
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: Any) -> bytes | None:
        """Seal on the way in."""
        return None if value is None else ring().seal_bytes(bytes(value), label=self.label)

    def get_db_prep_value(
        self,
        value: Any,
        connection: BaseDatabaseWrapper,  # noqa: ARG002  # Django's signature
        prepared: bool = False,
    ) -> Any:
        """Hand the sealed bytes to the driver."""
        return value if prepared else self.get_prep_value(value)

    def from_db_value(self, value: Any, *_: Any) -> Any:
        """Open on the way out."""
        return None if value is None else ring().open_bytes(bytes(value), label=self.label)

    def to_python(self, value: Any) -> Any:
        """Leave the value as it is: BinaryField would take text for base64."""
        return value

    def value_to_string(self, obj: models.Model) -> str:  # noqa: ARG002  # Django's signature
        """Refuse serialisation: dumps must not carry plain identifiers."""
        raise TypeError(f"{self.label} is sealed and is not serialised")


class SealedTextField(SealedBytesField):
    """Text, sealed in the same way; never in logs."""

    def get_prep_value(self, value: Any) -> bytes | None:
        """Seal on the way in."""
        return None if value is None else super().get_prep_value(str(value).encode())

    def from_db_value(self, value: Any, *_: Any) -> Any:
        """Open on the way out."""
        opened = super().from_db_value(value)
        return None if opened is None else opened.decode()
