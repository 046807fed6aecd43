"""Reading what departments answered."""

from juzhu.domain.vocabulary import Source
from juzhu.modules.evidence.contracts import AnswerView
from juzhu.modules.evidence.models import Answer
from juzhu.modules.vault.ring import ring
from juzhu.ports.departments import AnswerStatus


def answers(*, case_id: int, attempt: int) -> tuple[AnswerView, ...]:
    """Return who answered in one attempt, without bodies."""
    rows = Answer.objects.filter(case_id=case_id, attempt=attempt).order_by("pk")
    return tuple(
        AnswerView(Source(row.source), AnswerStatus(row.status), row.asked_at, row.receipt)
        for row in rows.defer("body")
    )


def body(*, case_id: int, attempt: int, source: Source) -> bytes:
    """Return one answer as it was received, for an audit; b"" when none was."""
    row = Answer.objects.get(case_id=case_id, attempt=attempt, source=source)
    sealed = bytes(row.body)
    return ring().open_bytes(sealed, label="evidence_answer.body") if sealed else b""
