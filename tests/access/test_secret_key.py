"""The key that signs cookies: made once, kept for its owner only, the same for every process."""

from pathlib import Path

import pytest

from service.access.secrets import secret_key
from service.config import Settings, SettingWrong
from tests.processes import FORKED


def ask_for_key(path):
    return secret_key(Settings(secret_key_file=path))


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    path = tmp_path / "halfway.key"
    key = ask_for_key(str(path))
    assert ask_for_key(str(path)) == key
    assert len(key) >= 43
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_processes_that_start_together_share_one_key(tmp_path):
    with FORKED.Pool(4) as pool:
        keys = pool.map(ask_for_key, [str(tmp_path / "halfway.key")] * 12, chunksize=1)
    assert len(set(keys)) == 1


def test_a_key_that_is_set_needs_no_file(tmp_path):
    path = tmp_path / "halfway.key"
    assert secret_key(Settings(secret_key="set by hand", secret_key_file=str(path))) == "set by hand"
    assert not path.exists()


def test_an_empty_key_file_is_refused_and_not_used(tmp_path):
    path = Path(tmp_path / "halfway.key")
    path.touch()
    with pytest.raises(SettingWrong, match="no usable key"):
        ask_for_key(str(path))
