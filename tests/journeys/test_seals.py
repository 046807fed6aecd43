"""Every seal that settings can choose, from the wish to the checked file; without it, no file."""

import dataclasses
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from pyhanko.pdf_utils.reader import PdfFileReader

from juzhu import wiring
from juzhu.adapters.seal_local import ensure_trial_authority
from juzhu.adapters.seal_pades import TRIAL_SEAL
from juzhu.adapters.sheet_fonts import BUILT_IN
from juzhu.cli.findings import Level
from juzhu.cli.seal_checks import seal_checks
from juzhu.config.parse import Mode, SealKind
from juzhu.journeys import sheets, verify
from juzhu.journeys.sheets import NotReadyError
from juzhu.modules.notices import queries as notices
from juzhu.modules.notices.contracts import Occasion
from juzhu.modules.sheets import queries
from juzhu.modules.sheets.contracts import CheckResult, SheetState
from juzhu.ports.sheets import SealUnavailableError
from tests.adapters.sheets import process, softhsm
from tests.adapters.sheets.authorities import DAY, Authority
from tests.adapters.sheets.reading import text_of
from tests.journeys.test_journeys import now, sign_in_as, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def services(authority, city_process):
    with process.running(authority.folder, city_process.secret) as found:
        yield found


@pytest.fixture
def holder(city):
    person_id = sign_in_as(city, "陈小明")
    submit(person_id)
    return person_id


def forget() -> None:
    for one in vars(wiring).values():
        if hasattr(one, "cache_clear") and one not in (wiring.clock, wiring.departments):
            one.cache_clear()


@pytest.fixture
def use(city, tmp_path, authority, services):
    """Return a function that chooses a seal as a production deployment would."""

    def choose(kind: str, **changes: object) -> None:
        of_kind: dict[str, object] = {
            "file": {"seal_key_file": authority.path("seal.key")},
            "service": {"seal_url": services.url},
            "token": {},
        }[kind]
        if kind == "token":
            key = softhsm.token(authority.path("seal.key"))
            of_kind = {
                "seal_library": key.library,
                "seal_token": key.token,
                "seal_key_label": key.key,
                "seal_pin": key.pin,
            }
        common = {
            "mode": Mode.PRODUCTION,
            "data_dir": tmp_path,
            "seal": SealKind(kind),
            "seal_certificate": authority.path("seal.crt"),
            "seal_roots": (authority.path("root.crt"),),
            "seal_picture": authority.path("seal.svg"),
            "seal_time_url": "",
            "seal_crls": None,
            "seal_former": (),
            "sheet_fonts": None,
        }
        settings.JUZHU = dataclasses.replace(settings.JUZHU, **(common | of_kind | changes))
        forget()

    yield choose
    services.set(status=200, delay=0)
    forget()


def order(person_id: int, *, at: datetime | None = None):
    return sheets.order(person_id=person_id, purpose="子女入学", key="s", at=at or now())


def occasions(person_id: int) -> list[Occasion]:
    return [message.occasion for message in notices.inbox(person_id)]


@pytest.mark.parametrize("kind", ["file", "token", "service"])
@pytest.mark.parametrize("timed", [False, True], ids=["", "with its time"])
def test_a_real_seal_makes_a_sheet_without_a_trace_of_the_trial(
    use, holder, services, kind, timed, tmp_path
):
    use(kind, seal_time_url=f"{services.url}/time" if timed else "")

    sheet = order(holder)

    file = queries.file_of(holder, sheet.number)
    answer, problem = verify.by_file(file, at=now())
    assert (answer.result, problem) == (CheckResult.TRUE, None)
    assert "样章" not in text_of(file)
    assert not (tmp_path / "seal").exists()
    (signature,) = PdfFileReader(BytesIO(file)).embedded_signatures
    assert signature.signer_cert.subject.native == {"common_name": "test seal"}
    assert bool(signature.signer_info["unsigned_attrs"]) is timed


def test_a_lasting_seal_and_further_fonts_are_chosen_by_settings_too(
    use, holder, services, authority, tmp_path
):
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    use(
        "file",
        seal_time_url=f"{services.url}/time",
        seal_crls=authority.crls,
        sheet_fonts=fonts,
    )

    file = queries.file_of(holder, order(holder).number)

    assert b"/DSS" in file
    assert verify.by_file(file, at=now())[0].result is CheckResult.TRUE


@pytest.mark.parametrize(
    ("kind", "fault"),
    [("service", {"status": 503}), ("file", {"status": 500})],
    ids=["no seal", "no time"],
)
def test_without_seal_or_time_the_sheet_follows_with_a_message(use, holder, services, kind, fault):
    use(kind, seal_time_url=f"{services.url}/time" if kind == "file" else "")
    services.set(**fault)

    moment = now()  # of the city, whose clock another test may have moved to midnight
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    waiting = order(holder, at=max(moment - timedelta(minutes=1), midnight))

    assert waiting.state is SheetState.ASKED
    assert queries.file_of(holder, waiting.number) is None
    with pytest.raises(NotReadyError):
        sheets.make(sheet_id=waiting.id)
    assert Occasion.SHEET_READY not in occasions(holder)

    services.set(status=200, delay=0)
    sheets.make(sheet_id=waiting.id)

    assert queries.sheet_by_id(waiting.id).state is SheetState.MADE
    assert Occasion.SHEET_READY in occasions(holder)


def test_a_service_that_signs_with_another_key_gives_no_file(use, holder, authority, tmp_path):
    authority.add_seal("other")
    use("service", seal_certificate=authority.path("other.crt"))

    assert order(holder).state is SheetState.ASKED


@pytest.mark.parametrize("what", ["seal_certificate", "seal_roots", "seal_former", "seal_picture"])
def test_production_lets_nothing_of_a_trials_seal_in(use, holder, authority, tmp_path, what):
    trial = ensure_trial_authority(tmp_path / "trial")
    others = {
        "seal_certificate": trial.certificate,
        "seal_roots": (authority.path("root.crt"), trial.root),
        "seal_former": (trial.certificate,),
        "seal_picture": TRIAL_SEAL,
    }
    use("file", **{what: others[what]})

    with pytest.raises(SealUnavailableError, match="样章测试"):
        wiring.sealer()
    assert order(holder).state is SheetState.ASKED
    with pytest.raises(SealUnavailableError):
        wiring.sheet_files()


@pytest.mark.parametrize(
    "change",
    [
        {"seal_certificate": Path("/nowhere/seal.crt")},
        {"seal_key_file": Path("/nowhere/seal.key")},
        {"seal_picture": Path("/nowhere/seal.svg")},
        {"sheet_fonts": Path("/nowhere")},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_file_of_the_seal_that_is_gone_holds_the_sheet_back_and_breaks_nothing(
    use, holder, change
):
    use("file", **change)

    assert order(holder).state is SheetState.ASKED


def test_the_former_seals_sheets_stay_checkable_after_a_change(use, holder, authority):
    use("file")
    old = queries.file_of(holder, order(holder).number)
    authority.add_seal("newer")

    newer = {
        "seal_certificate": authority.path("newer.crt"),
        "seal_key_file": authority.path("newer.key"),
    }
    use("file", **newer, seal_former=(authority.path("seal.crt"),))
    kept = verify.by_file(old, at=now())[0].result
    use("file", **newer)
    lost = verify.by_file(old, at=now())[0].result

    assert (kept, lost) == (CheckResult.TRUE, CheckResult.UNKNOWN)


# --- the doctor ----------------------------------------------------------------------------------


def levels() -> dict[str, Level]:
    return {check.name: check.level for check in seal_checks(settings.JUZHU)}


def test_the_doctor_finds_every_part_of_a_good_seal_well(use, authority, services, tmp_path):
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    (fonts / "rare.ttf").write_bytes(BUILT_IN.read_bytes())
    timed = {"seal_time_url": f"{services.url}/time", "seal_crls": authority.crls}

    use("token", **timed, sheet_fonts=fonts)

    assert levels() == dict.fromkeys(
        ("seal certificate", "seal", "time stamps", "revocation lists", "fonts"), Level.OK
    )


def test_the_doctor_says_what_is_wrong_with_a_seal(use, authority, services, tmp_path):
    authority.add_seal("short", ends=20 * DAY)
    authority.path("short.key").chmod(0o644)
    short = {"seal_certificate": authority.path("short.crt")}

    use("file", **short)
    assert levels() == {"seal certificate": Level.WARN, "seal": Level.FAIL}  # another key
    use("file", **short, seal_key_file=authority.path("short.key"))
    assert levels() == {
        "seal certificate": Level.WARN,
        "seal": Level.OK,
        "seal key": Level.FAIL,
    }
    services.set(status=500)
    use("file", seal_time_url=f"{services.url}/time", sheet_fonts=tmp_path)
    assert levels() == {
        "seal certificate": Level.OK,
        "seal": Level.FAIL,
        "time stamps": Level.FAIL,
        "fonts": Level.WARN,
    }
    use("file", seal_roots=(authority.path("stamp.crt"),))
    assert levels() == {"seal certificate": Level.OK, "seal": Level.FAIL}


def test_the_doctor_counts_the_days_of_revocation_lists(use, authority, services):
    timed = {"seal_time_url": f"{services.url}/time", "seal_crls": authority.crls}
    use("file", **timed)
    found = []
    for left in (7 * DAY, DAY, -DAY):
        authority.revoke_none(ends=left)
        found.append(levels()["revocation lists"])
    authority.revoke_none()

    assert found == [Level.OK, Level.WARN, Level.FAIL]
