"""Writing down what departments answered."""

from collections.abc import Iterable

from juzhu.modules.evidence.models import Answer as AnswerRow
from juzhu.modules.vault.ring import ring
from juzhu.ports.departments import Answer


def keep(*, case_id: int, attempt: int, answers: Iterable[Answer]) -> None:
    """Keep each answer whole, body sealed; call inside the transaction of the decision."""
    AnswerRow.objects.bulk_create(
        AnswerRow(
            case_id=case_id,
            attempt=attempt,
            source=answer.source,
            status=answer.status,
            asked_at=answer.asked_at,
            took_ms=answer.took_ms,
            receipt=answer.receipt,
            body=ring().seal_bytes(answer.body, label="evidence_answer.body")
            if answer.body
            else b"",
        )
        for answer in answers
    )
