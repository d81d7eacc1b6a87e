"""Settings from flags, the environment and pyproject.toml; each error is one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from postfuze_mock.settings import Settings, SettingsError, read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(
        "[tool.postfuze-mock]\nseed = 2\nallow-host = ['a', 'b']\nassume = { 'list.disabled' = 'hidden' }\n"
    )
    return tmp_path


def test_flag_overrides_the_environment_which_overrides_the_file(folder: Path) -> None:
    variables = {"POSTFUZE_MOCK_SEED": "3", "POSTFUZE_MOCK_CONTROL": "no"}
    settings = read({"seed": 4, "control": True}, variables, folder)

    assert (settings.seed, settings.control, settings.allow_host) == (4, True, ("a", "b"))
    assert read({}, variables, folder).seed == 3
    assert read({}, {}, folder).seed == 2


def test_empty_variable_is_ignored(tmp_path: Path) -> None:
    assert read({}, {"POSTFUZE_MOCK_SEED": "", "POSTFUZE_SEED": ""}, tmp_path) == Settings()


def test_lists_in_the_environment_are_separated_by_commas(tmp_path: Path) -> None:
    variables = {"POSTFUZE_MOCK_ALLOW_HOST": "a, b", "POSTFUZE_MOCK_ASSUME": "a=b, c=d"}
    settings = read({}, variables, tmp_path)

    assert settings.allow_host == ("a", "b")
    assert settings.assume == {"a": "b", "c": "d"} == read({"assume": ["a=b", "c=d"]}, {}, tmp_path).assume


@pytest.mark.parametrize("name", ["SEED", "CONTROL_TOKEN"])
def test_old_variable_is_refused_with_the_new_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as error:
        read({}, {f"POSTFUZE_{name}": "s3cret"}, tmp_path)

    assert f"POSTFUZE_MOCK_{name}" in str(error.value)
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize("name", ["postfuze_mock", "Postfuze-Mock"])
def test_table_with_the_name_of_the_package_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.{name}]\nseed = 2\n")
    with pytest.raises(SettingsError, match=rf"there is no table {name}; did you mean \[tool.postfuze-mock\]\?"):
        read({}, {}, tmp_path)


def test_unknown_variable_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="POSTFUZE_MOCK_SED; did you mean POSTFUZE_MOCK_SEED"):
        read({}, {"POSTFUZE_MOCK_SED": "1"}, tmp_path)


OTHERS = {
    "the harness": {"POSTFUZE_CONTRACTS_SEED": "7", "POSTFUZE_URL": "http://a", "POSTFUZE_KEY_READ_ONLY": "k"},
    "Kubernetes": {
        "POSTFUZE_MOCK_SERVICE_HOST": "10.0.0.1",
        "POSTFUZE_MOCK_STAGING_SERVICE_HOST": "10.0.0.2",
        "POSTFUZE_MOCKSTAGING_PORT": "tcp://10.0.0.2:80",
        "POSTFUZE_MOCK_BINARY": "/usr/bin/postfuze-mock",
        "POSTFUZE_MOCK_SERVICE_PORT_HTTP": "8080",
        "POSTFUZE_MOCK_PORT": "tcp://10.0.0.1:8080",
        "POSTFUZE_MOCK_PORT_8080_TCP_ADDR": "10.0.0.1",
    },
}


@pytest.mark.parametrize("variables", OTHERS.values(), ids=OTHERS)
def test_foreign_variables_are_ignored(variables: dict[str, str], tmp_path: Path) -> None:
    assert read({}, variables, tmp_path) == Settings()


def test_error_names_the_source_but_never_the_token(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="POSTFUZE_MOCK_PORT must be a whole number; it is 'http'"):
        read({}, {"POSTFUZE_MOCK_PORT": "http"}, tmp_path)
    with pytest.raises(SettingsError) as error:
        read({"control_token": "s3cret word"}, {}, tmp_path)
    assert str(error.value).startswith("--control-token ")
    assert "s3cret" not in str(error.value)


def test_times_are_in_seconds_and_may_be_fractions(tmp_path: Path) -> None:
    variables = {"POSTFUZE_MOCK_REQUEST_TIMEOUT": "0.5", "POSTFUZE_MOCK_IDLE_TIMEOUT": "0"}
    settings = read({"max_connections": 10}, variables, tmp_path)

    assert (settings.request_timeout, settings.idle_timeout, settings.max_connections) == (0.5, 0, 10)


@pytest.mark.parametrize("value", ["soon", "-1", "nan", "inf", "1e9", "", "5s", "²"])
def test_time_that_is_no_number_of_seconds_is_refused(value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^--request-timeout must be a number of seconds, such as 30 or 0.5"):
        read({"request_timeout": value}, {}, tmp_path)


def test_number_below_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^--max-connections must be 1 or more; it is 0"):
        read({"max_connections": 0}, {}, tmp_path)


@pytest.mark.parametrize("host", ["a..b", "", ".example", "a b", "x" * 256, "ä.example"])
def test_host_is_a_name_or_an_address(host: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^--host must be a host name or an IP address; it is "):
        read({"host": host}, {}, tmp_path)


@pytest.mark.parametrize("name", ["world", "state_file", "assume_file"])
@pytest.mark.parametrize("path", ["a\0b", "x" * 4097])
def test_file_is_a_path(name: str, path: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="must be a path of at most 4096 characters, none of them NUL"):
        read({name: path}, {}, tmp_path)
