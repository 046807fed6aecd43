"""Who checks faces is said in production, and accounts are set up whole."""

import pytest

from juzhu.config.env import Env
from juzhu.config.parse import EnvError, FaceKind
from tests.config.test_env import PRODUCTION


@pytest.mark.parametrize("face", ["", "simulated"])
def test_production_wants_to_be_told_and_takes_nothing_simulated(face):
    with pytest.raises(EnvError, match="JUZHU_FACE must be one of local, wechat, none"):
        Env.load(PRODUCTION | {"JUZHU_FACE": face})


def test_a_trial_simulates_unless_told_otherwise(tmp_path):
    given = {"JUZHU_DATA_DIR": str(tmp_path)}

    assert Env.load(given).face is FaceKind.SIMULATED
    assert Env.load(given | {"JUZHU_FACE": "local"}).face is FaceKind.LOCAL


@pytest.mark.parametrize("threshold", ["0", "1", "-0.5", "much", "nan"])
def test_a_threshold_is_between_nothing_and_everything(tmp_path, threshold):
    given = {"JUZHU_DATA_DIR": str(tmp_path), "JUZHU_FACE_THRESHOLD": threshold}
    with pytest.raises(EnvError, match="between 0 and 1"):
        Env.load(given)


@pytest.mark.parametrize("levels", ["4", "a=1", "a=6", "=3", "a=3,"])
def test_levels_that_make_no_sense_are_refused(tmp_path, levels):
    given = {"JUZHU_DATA_DIR": str(tmp_path), "JUZHU_ACCOUNT_LEVELS": levels}
    with pytest.raises(EnvError, match="JUZHU_ACCOUNT_LEVELS"):
        Env.load(given)


def test_an_issuer_alone_is_not_enough(tmp_path):
    given = {"JUZHU_DATA_DIR": str(tmp_path), "JUZHU_ACCOUNT_ISSUER": "https://id.example"}
    with pytest.raises(EnvError, match="JUZHU_ACCOUNT_SECRET"):
        Env.load(given)
