"""A model field whose value is encrypted in the database and plain in Python."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from juzhu.modules.vault.ring import ring


class SealedTextField(models.BinaryField):  # type: ignore[type-arg]  # django-stubs: not generic at run time
    """Text, sealed with AES-GCM under the label `table.column`; never searchable, never in logs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    @property
    def label(self) -> str:
        """What the cipher text is bound to."""
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: str | None) -> bytes | None:
        """Seal on the way in."""
        return None if value is None else ring().seal(value, label=self.label)

    def get_db_prep_value(
        self,
        value: str | None,
        connection: BaseDatabaseWrapper,  # noqa: ARG002  # Django's signature
        prepared: bool = False,
    ) -> Any:
        """Hand the sealed bytes to the driver."""
        return value if prepared else self.get_prep_value(value)

    def from_db_value(self, value: Any, *_: Any) -> str | None:
        """Open on the way out."""
        return None if value is None else ring().open(bytes(value), label=self.label)

    def to_python(self, value: Any) -> Any:
        """Leave text as it is: BinaryField would take it for base64."""
        return value

    def value_to_string(self, obj: models.Model) -> str:  # noqa: ARG002  # Django's signature
        """Refuse serialisation: dumps must not carry plain identifiers."""
        raise TypeError(f"{self.label} is sealed and is not serialised")
