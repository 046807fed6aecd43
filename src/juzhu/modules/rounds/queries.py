"""Reading how far work over the whole register has got."""

from juzhu.modules.rounds.contracts import Tally
from juzhu.modules.rounds.models import LoadPart


def parts_done(load_id: int) -> dict[int, Tally]:
    """Return what became of the parts of a file that are done, by their first byte."""
    rows = LoadPart.objects.filter(load_id=load_id).order_by("first_byte")
    return {
        row.first_byte: Tally(row.taken, row.known, [(line, why) for line, why in row.refused])
        for row in rows
    }
