"""`juzhu sheet`: what it says, its exit codes, and that it needs neither Django nor a database."""

import json
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from juzhu.adapters.proof_cose import TRIAL_ISSUER, CoseProofs
from juzhu.adapters.proof_keys import FILE_NAME, KeyRing, ensure_keys, rotate
from juzhu.adapters.proof_picture import token_in_file
from juzhu.domain.sheet import Standing
from juzhu.ports.clock import SHENZHEN
from juzhu.ports.proofs import ProofError, SheetClaims
from tests.adapters.proofs.conftest import DOCUMENT

MADE_AT = datetime(2026, 11, 24, 9, 20, 31, tzinfo=SHENZHEN)
LIST_URI = "https://jzz.sz.gov.cn/s/"
ADDRESS = "https://jzz.sz.gov.cn/verify/#"
PHOTOGRAPH = Path(__file__).parents[1] / "adapters" / "proofs" / "photograph.jpg"
VALID, CANCELLED, SUSPENDED, WITHDRAWN = range(4)


def juzhu(*arguments: object, typed: bytes = b"") -> tuple[int, str]:
    """Run the command; return its exit code and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "juzhu.cli.sheet", *map(str, arguments)],
        input=typed,
        capture_output=True,
        check=False,
    )
    return done.returncode, (done.stdout + done.stderr).decode()


class Desk:
    """Somebody who checks sheets, with the published keys and a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.keys = folder / "keys.json"
        self.ring = folder / "ring"
        ensure_keys(self.ring, on=date(2026, 11, 1))
        self.proofs = CoseProofs(self.ring, list_uri=LIST_URI)
        self.publish()

    def publish(self) -> None:
        self.keys.write_text(json.dumps(self.proofs.public_keys()))

    def token(self, standing: Standing = Standing.VALID, **change: object) -> str:
        content = {
            "check_code": "7K2M93QD5TXA",
            "name": "陈小明",
            "id_mask": "4301 **** **** 0018",
            "standing": standing,
            "valid_through": date(2027, 1, 9),
            "purpose": "子女入学",
            "made_at": MADE_AT,
            "photo_digest": b"",
            "list_number": 3,
            "list_index": 5,
        }
        return self.proofs.token(SheetClaims(**(content | change)))

    def status_list(self, status: int, *, after: timedelta, number: int = 3) -> Path:
        path = self.folder / "list.jwt"
        at, uri = MADE_AT + after, f"{LIST_URI}{number}"
        statuses = bytes([0, status << 2])
        path.write_bytes(self.proofs.status_list(number=number, statuses=statuses, at=at, uri=uri))
        return path

    def verdict(
        self, source: object, *more: object, after: timedelta = timedelta(days=3)
    ) -> object:
        """Return exit code and JSON of a check some time after the sheet was made."""
        now = (MADE_AT + after).isoformat()
        arguments = ("--keys", self.keys, "--at", now, "--json", *more)
        code, printed = juzhu("verify", source, *arguments)
        return code, json.loads(printed)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_a_genuine_sheet_is_told_with_its_age(desk):
    now = (MADE_AT + timedelta(days=3)).isoformat()

    code, said = juzhu("verify", ADDRESS + desk.token(), "--keys", desk.keys, "--at", now)

    assert code == 0
    for words in (
        "TRUE: this is a genuine sheet.",
        "2026-11-24 09:20:31 (+08:00), 3 days ago",
        "陈小明",
        "4301 **** **** 0018",
        "valid (有效)",
        "2027-01-09",
        "子女入学",
        "7K2M-93QD-5TXA",
        "What became of it since is not known",
    ):
        assert words in said


def test_the_json_holds_every_claim(desk):
    token = desk.token(photo_digest=bytes(16))

    code, document = desk.verdict(token)

    assert code == 0
    assert document == {
        "verdict": "true",
        "problem": "",
        "sheet": {
            "check_code": "7K2M93QD5TXA",
            "name": "陈小明",
            "id_mask": "4301 **** **** 0018",
            "standing": "valid",
            "valid_through": "2027-01-09",
            "purpose": "子女入学",
            "made_at": "2026-11-24T09:20:31+08:00",
            "photo_digest": "00" * 16,
            "status_uri": f"{LIST_URI}3",
            "status_index": 5,
        },
        "trial": False,
        "key": desk.proofs.public_keys()["keys"][0]["kid"],
        "age_seconds": 3 * 86_400,
    }


@pytest.mark.parametrize(
    ("then", "status", "expected"),
    [
        (Standing.VALID, VALID, (0, "true", "valid")),
        (Standing.SUSPENDED, SUSPENDED, (0, "true", "suspended")),
        (Standing.VALID, SUSPENDED, (1, "changed", "suspended")),
        (Standing.VALID, CANCELLED, (1, "changed", "cancelled")),
        (Standing.SUSPENDED, VALID, (1, "changed", "valid")),
        (Standing.VALID, WITHDRAWN, (1, "withdrawn", "withdrawn")),
    ],
)
def test_a_status_list_tells_what_became_of_it(desk, then, status, expected):
    listed = desk.status_list(status, after=timedelta(days=3))

    code, document = desk.verdict(desk.token(then), "--status-list", listed)

    assert (code, document["verdict"], document["since"]["state"]) == expected
    assert document["since"]["as_of"] == "2026-11-27T09:20:31+08:00"


def test_an_expired_list_does_not_speak_of_today(desk):
    listed = desk.status_list(VALID, after=timedelta(days=2))

    code, document = desk.verdict(desk.token(), "--status-list", listed)

    assert (code, document["verdict"]) == (1, "unknown")
    assert "expired at 2026-11-26 10:20" in document["problem"]
    assert document["since"]["state"] == "valid"


def test_what_an_expired_list_took_back_stays_taken_back(desk):
    listed = desk.status_list(WITHDRAWN, after=timedelta(days=2))

    code, document = desk.verdict(desk.token(), "--status-list", listed)

    assert (code, document["verdict"]) == (1, "withdrawn")


def test_a_list_older_than_the_sheet_says_nothing(desk):
    listed = desk.status_list(SUSPENDED, after=timedelta(minutes=-10))

    code, document = desk.verdict(desk.token(), "--status-list", listed, after=timedelta(minutes=5))

    assert (code, document["verdict"]) == (0, "true")
    assert "newer than the status list" in document["problem"]
    assert "since" not in document


def test_the_list_of_other_sheets_says_nothing(desk):
    listed = desk.status_list(VALID, after=timedelta(days=3), number=4)

    code, document = desk.verdict(desk.token(), "--status-list", listed)

    assert (code, document["verdict"]) == (1, "unknown")
    assert f"{LIST_URI}3" in document["problem"]


def test_a_damaged_list_says_nothing(desk):
    listed = desk.status_list(VALID, after=timedelta(days=3))
    listed.write_bytes(listed.read_bytes()[:-9] + b"AAAAAAAAA")

    code, document = desk.verdict(desk.token(), "--status-list", listed)

    assert (code, document["verdict"]) == (1, "unknown")


def test_a_changed_digit_is_damage(desk):
    token = desk.token()
    other = "4" if token[-1] != "4" else "5"

    code, document = desk.verdict(token[:-1] + other)

    assert (code, document["verdict"]) == (1, "damaged")
    assert "sheet" not in document


def test_an_unknown_key_is_not_called_damage(desk):
    token = desk.token()
    rotate(desk.ring, on=date(2026, 12, 1), leaked=True)
    desk.publish()

    code, document = desk.verdict(token)

    assert (code, document["verdict"]) == (1, "unknown")
    assert "fetch the published keys again" in document["problem"]


def test_keys_taken_over_before_a_rotation_still_verify_after_it(desk):
    rotate(desk.ring, on=date(2026, 12, 1))

    code, document = desk.verdict(desk.token())

    assert (code, document["verdict"]) == (0, "true")


def test_a_trials_sheet_is_called_one(desk):
    trial = CoseProofs(desk.ring, list_uri=LIST_URI, issuer=TRIAL_ISSUER)
    desk.proofs = trial

    code, said = juzhu("verify", desk.token(), "--keys", desk.keys)

    assert (code, "样章测试" in said) == (0, True)


def test_a_sheet_from_the_future_points_to_the_clock(desk):
    code, document = desk.verdict(desk.token(), after=timedelta(days=-1))

    assert (code, document["verdict"]) == (1, "unknown")
    assert "clock" in document["problem"]


# --- where the token is read from ----------------------------------------------------------------


def sheet_file(folder: Path, address: str, kind: str, *, beside: str = "") -> Path:
    """Make a page with a code of 40 mm, as the sheet has it."""
    import typst
    import zxingcpp

    images = []
    for name, text in (("one", address), ("two", beside)):
        if text:
            code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
            (folder / f"{name}.svg").write_text(code.to_svg(add_quiet_zones=False))
            images.append(f'#image("{name}.svg", width: 40mm)')
    page = folder / "page.typ"
    page.write_text('#set page("a4")\n' + "\n".join(images))
    made = folder / f"sheet.{kind}"
    made.write_bytes(typst.compile(page, format=kind, ppi=144))
    return made


@pytest.mark.parametrize("kind", ["pdf", "png"])
def test_the_code_is_read_from_the_sheet_itself(desk, kind):
    made = sheet_file(desk.folder, ADDRESS + desk.token(), kind)

    code, document = desk.verdict(made)

    assert (code, document["verdict"]) == (0, "true")


def test_the_code_is_read_from_a_crooked_photograph():
    token = token_in_file(PHOTOGRAPH.read_bytes())

    assert token in DOCUMENT.read_text()


def test_the_text_may_come_from_a_file_or_be_read_in(desk):
    text = f" {ADDRESS}\n{desk.token()}\n".encode()
    (desk.folder / "token.txt").write_bytes(text)

    from_file, _ = juzhu("verify", desk.folder / "token.txt", "--keys", desk.keys)
    read_in, _ = juzhu("verify", "-", "--keys", desk.keys, typed=text)

    assert (from_file, read_in) == (0, 0)


def test_two_sheets_on_one_picture_are_not_mixed_up(desk):
    other = desk.token(name="李四")
    made = sheet_file(desk.folder, ADDRESS + desk.token(), "pdf", beside=ADDRESS + other)

    with pytest.raises(ProofError, match="different sheets"):
        token_in_file(made.read_bytes())


def test_a_page_without_a_code_is_unknown(desk):
    made = sheet_file(desk.folder, "https://example.com/", "pdf")

    code, document = desk.verdict(made)

    assert (code, document["verdict"]) == (1, "unknown")
    assert "sharper" in document["problem"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7\nnothing",
        b"\x89PNG\r\n\x1a\n" + bytes(30),
        b"\xff\xd8\xff\xe0" + bytes(30),
        b"PK\x03\x04",
        b"\xff" * 100_000,
        b"1" * 40_000_000,
    ],
    ids=range(7),
)
def test_any_other_file_is_refused_with_a_sentence(content):
    with pytest.raises(ProofError, match=r"[.]$"):
        token_in_file(content)


def test_a_small_picture_that_unpacks_to_gigabytes_is_not_unpacked():
    header = b"\x89PNG\r\n\x1a\n" + bytes(8) + (50_000).to_bytes(4) * 2

    with pytest.raises(ProofError, match="too many pixels"):
        token_in_file(header + bytes(30))


# --- the seal of a PDF ---------------------------------------------------------------------------


@pytest.fixture
def sealed(desk):
    """Return a real sheet, its seal's certificates, and the desk's keys beside it."""
    from juzhu.adapters.seal_local import LocalSealer, ensure_trial_authority
    from juzhu.adapters.sheet_typst import TypstSheets
    from juzhu.domain.sheet import SheetContent

    content = SheetContent(
        number="XX20261124000731",
        check_code="7K2M93QD5TXA",
        name="陈小明",
        sex="男",
        ethnic_group="汉",
        birth_date=date(1990, 3, 7),
        id_number="430102199003070018",
        photo=None,
        address="深圳市福田区莲花街道示例花园3栋1204",
        permit_number="4403002025AB12CD18",
        first_issued_on=date(2025, 1, 10),
        last_endorsed_on=date(2026, 1, 9),
        valid_through=date(2027, 1, 9),
        standing=Standing.VALID,
        since=None,
        window_opens=date(2026, 11, 11),
        window_closes=date(2027, 1, 9),
        purpose="子女入学",
        made_at=MADE_AT,
        verify_url=ADDRESS.removesuffix("#"),
        token=desk.token(),
    )
    authority = ensure_trial_authority(desk.folder / "authority")
    file = desk.folder / "sealed.pdf"
    sealer = LocalSealer(authority.certificate, authority.key)
    file.write_bytes(sealer.seal(TypstSheets().render(content)))
    return file, ("--seal", authority.certificate, "--root", authority.root)


def test_a_sealed_sheet_is_true_to_the_last_byte(desk, sealed):
    file, certificates = sealed

    code, document = desk.verdict(file, *certificates)

    assert (code, document["verdict"], document["seal"]) == (0, "true", "intact")


def test_a_sheet_changed_under_its_seal_is_damaged_although_its_code_is_genuine(desk, sealed):
    file, certificates = sealed
    file.write_bytes(file.read_bytes() + b"\n")

    code, document = desk.verdict(file, *certificates)

    assert (code, document["verdict"], document["seal"]) == (1, "damaged", "changed")
    assert document["sheet"]["name"] == "陈小明"


def test_a_page_saved_anew_around_a_genuine_code_is_not_a_sheet(desk, sealed):
    _, certificates = sealed
    made = sheet_file(desk.folder, ADDRESS + desk.token(), "pdf")

    code, document = desk.verdict(made, *certificates)

    assert (code, document["verdict"], document["seal"]) == (1, "damaged", "unsigned")


def test_a_photograph_has_no_seal_to_examine(desk, sealed):
    _, certificates = sealed
    made = sheet_file(desk.folder, ADDRESS + desk.token(), "png")

    code, document = desk.verdict(made, *certificates)

    assert (code, document["verdict"], "seal" in document) == (0, "true", False)


def test_a_file_that_is_no_certificate_is_wrong_use(desk, sealed):
    file, _ = sealed

    code, said = juzhu("verify", file, "--keys", desk.keys, "--seal", desk.keys)

    assert (code, "--seal" in said) == (2, True)


# --- wrong use, and the keys ---------------------------------------------------------------------


def test_wrong_use_is_told_apart_from_a_wrong_sheet(desk):
    token = desk.token()
    (desk.folder / "bad.json").write_text("{}")

    assert juzhu("verify", token)[0] == 2
    for arguments, words in (
        ((desk.folder / "none", "--keys", desk.keys), "No such file"),
        ((desk.folder, "--keys", desk.keys), "Is a directory"),
        ((token, "--keys", desk.folder / "none"), "--keys"),
        ((token, "--keys", desk.folder / "bad.json"), "not a JSON Web Key Set"),
        ((token, "--keys", desk.keys, "--status-list", desk.folder / "none"), "--status-list"),
        ((token, "--keys", desk.keys, "--at", "yesterday"), "--at"),
    ):
        code, said = juzhu("verify", *arguments)
        assert (code, words in said) == (2, True), said


def test_checking_needs_no_django_and_no_database():
    wanted = "import sys, juzhu.cli.sheet; print({'django', 'psycopg', 'typst'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", wanted], capture_output=True, check=True)

    assert done.stdout.decode().strip() == "set()"


def test_keys_are_made_rotated_and_printed(tmp_path):
    folder = ("--folder", tmp_path / "keys")

    codes = [juzhu("rotate-key", *folder) for _ in "ab"]
    leaked, warning = juzhu("rotate-key", "--leaked", *folder)
    printed, keys = juzhu("keys", *folder)

    assert [code for code, _ in codes] == [0, 0]
    assert "first keys" in codes[0][1]
    assert (leaked, printed, "withdrawn" in warning) == (0, 0, True)
    current = KeyRing(tmp_path / "keys").current().kid.hex()
    assert current in warning
    assert current in [key["kid"] for key in json.loads(keys)["keys"]]


def test_a_key_file_in_a_bad_state_is_wrong_use(tmp_path):
    (tmp_path / FILE_NAME).write_text("{}")

    assert juzhu("keys", "--folder", tmp_path / "none")[0] == 2
    for command in ("keys", "rotate-key"):
        code, said = juzhu(command, "--folder", tmp_path)
        assert (code, "chmod 600" in said) == (2, True)
