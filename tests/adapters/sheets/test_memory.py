"""Memory stays flat however many sheets a process makes."""

import gc
from pathlib import Path

import pytest

from juzhu.adapters.preview import preview
from juzhu.adapters.sheet_bulk import BulkSheets

PAGE_KIB = 4


def resident_mib() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE_KIB / 1024


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="no /proc on this machine")
@pytest.mark.parametrize(
    ("count", "share"), [(240, 6), pytest.param(5000, 1, marks=pytest.mark.soak)]
)
def test_memory_is_flat(count, share, sheets, sealer, files, authority, content, changed):
    bulk = BulkSheets(sheets, sealer, certificate=authority.certificate, key=authority.key)

    def use(number: int) -> None:
        sheet = changed(
            name=f"陈小明{number}",
            purpose=f"用途{number // 5 % 90}",
            token="1" + f"{number:09d}" * 40,
        )
        page = sheets.render(sheet)
        bulk.make(sheet)
        if number % share == 0:
            sealed = sealer.seal(page)
            assert files.examine(sealed).problem is None
            preview(sealed, hide=content.id_number, dpi=72)

    for number in range(60):
        use(number)
    gc.collect()
    before = resident_mib()
    for number in range(60, 60 + count):
        use(number)
    gc.collect()

    assert resident_mib() - before < 25
