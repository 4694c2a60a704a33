from pathlib import Path

import pytest

from bridge.errors import SettingsInvalid
from bridge.home import home_folder
from bridge.settings import load_settings, save_setting


def test_flags_beat_the_environment_which_beats_the_file_which_beats_the_default(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings().port == 41730
    (own_home / "settings.toml").write_text("port = 1001\n")
    assert load_settings().port == 1001
    monkeypatch.setenv("PHOTO_BRIDGE_PORT", "1002")
    assert load_settings().port == 1002
    assert load_settings(port=1003).port == 1003


def test_saving_keeps_a_person_s_comments(own_home: Path) -> None:
    (own_home / "settings.toml").write_text("# my machine is slow\nmodel_timeout_s = 600.0\n")
    save_setting("max_keywords", 8)
    assert load_settings().max_keywords == 8
    assert load_settings().model_timeout_s == 600.0
    assert "# my machine is slow" in (own_home / "settings.toml").read_text()


def test_a_value_that_cannot_be_used_is_named_and_not_saved(own_home: Path) -> None:
    with pytest.raises(SettingsInvalid, match="port"):
        save_setting("port", 99_999)
    with pytest.raises(SettingsInvalid, match="no setting named colour"):
        save_setting("colour", "blue")
    assert not (own_home / "settings.toml").exists()


def test_a_file_that_is_broken_or_says_nonsense_is_reported(own_home: Path) -> None:
    (own_home / "settings.toml").write_text("port = = 3")
    with pytest.raises(SettingsInvalid):
        load_settings()
    (own_home / "settings.toml").write_text("prot = 3")
    with pytest.raises(SettingsInvalid, match="prot"):
        load_settings()


def test_the_state_folder_is_where_hosts_look_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/ann"))
    assert home_folder({}, "linux") == Path("/home/ann/.local/state/photo-bridge")
    assert home_folder({}, "darwin") == Path("/home/ann/Library/Application Support/photo-bridge")
    assert home_folder({"LOCALAPPDATA": "/c/Local"}, "win32") == Path("/c/Local/photo-bridge")
    assert home_folder({"PHOTO_BRIDGE_HOME": "/elsewhere"}, "linux") == Path("/elsewhere")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"quiet_hours": "at night"}, "write it as in 22:00-07:00"),
        ({"gpu_slow_c": 85, "gpu_pause_c": 80}, "gpu_pause_c has to be higher than gpu_slow_c"),
    ],
)
def test_limits_that_make_no_sense_are_told(settings: dict[str, object], said: str) -> None:
    with pytest.raises(SettingsInvalid, match=said):
        load_settings(**settings)
    assert load_settings(gpu_pause_c=0, gpu_slow_c=85).gpu_pause_c == 0
