"""Django's PostgreSQL backend, for which a database that only reads is away.

In a failover a standby may answer before it is promoted, and managed servers refuse writing when
the disk is full. PostgreSQL counts that among internal errors (25006), Django takes it for a
mistake of ours; here it is an OperationalError, as when nobody answers: pages say so and jobs wait.
"""

from types import TracebackType
from typing import Any

from django.db import OperationalError
from django.db.backends.postgresql import base
from django.db.utils import DatabaseErrorWrapper
from django.utils.functional import cached_property
from psycopg.errors import ReadOnlySqlTransaction


class _Errors(DatabaseErrorWrapper):
    """Gives the driver's errors their names in Django."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if isinstance(error, ReadOnlySqlTransaction):
            raise OperationalError(*error.args) from error
        super().__exit__(kind, error, trace)


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection."""

    @cached_property
    def wrap_database_errors(self) -> Any:
        """What stands around every call of the driver."""
        return _Errors(self)
