"""Settings: from a TOML file and the environment, refused where they make no sense, all written down."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from service.config import Settings, SettingWrong, read_settings

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "settings.md"


def test_without_any_setting_one_machine_is_served():
    assert read_settings({}) == Settings()


def test_the_environment_wins_over_the_file(tmp_path):
    file = tmp_path / "halfway.toml"
    file.write_text('port = 9000\nhost = "0.0.0.0"\n')
    settings = read_settings({"HALFWAY_CONFIG": str(file), "HALFWAY_PORT": "9001"})
    assert (settings.host, settings.port) == ("0.0.0.0", 9001)


def test_what_is_none_of_ours_in_the_environment_is_left_alone():
    assert read_settings({"HALFWAY_SHARED_DATA": "somewhere"}) == Settings()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prot = 9000", "there is no setting 'prot'"),
        ('port = "many"', "HALFWAY_PORT must be a whole number"),
        ("port 9000", "cannot be read"),
        ("\udcff", "cannot be read"),
        ('nightly_at = "half past two"', "HALFWAY_NIGHTLY_AT must be a time such as 02:30"),
        ('nightly_at = "24:00"', "HALFWAY_NIGHTLY_AT must be a time such as 02:30"),
        ('timezone = "Kyiv"', "HALFWAY_TIMEZONE must be a time zone such as Europe/Kyiv"),
        ('timezone = "../etc/passwd"', "HALFWAY_TIMEZONE must be a time zone"),
        ('timezone = ""', "HALFWAY_TIMEZONE must be a time zone"),
        ("offer_hours = 0", "HALFWAY_OFFER_HOURS must be from 1 to 720"),
        ('spread = "some"', "HALFWAY_SPREAD must be a number"),
        ("spread = 1.5", "HALFWAY_SPREAD must be a number from 0 to 1"),
        ("spread = nan", "HALFWAY_SPREAD must be a number from 0 to 1"),
        ('log_level = "loud"', "HALFWAY_LOG_LEVEL must be one of DEBUG, INFO"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_with_the_reason(tmp_path, text, words):
    file = tmp_path / "halfway.toml"
    file.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(SettingWrong, match=words):
        read_settings({"HALFWAY_CONFIG": str(file)})


def test_a_file_that_is_not_there_is_refused():
    with pytest.raises(SettingWrong, match="HALFWAY_CONFIG"):
        read_settings({"HALFWAY_CONFIG": "/nowhere/halfway.toml"})


def test_every_setting_is_documented_with_its_default_and_its_line_of_help():
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    documented = {name: (default.strip("`"), words) for name, default, words in rows}
    wanted = {
        f"HALFWAY_{one.name.upper()}": (str(one.default) or "(empty)", one.metadata["help"])
        for one in fields(Settings)
    }
    assert documented == wanted
