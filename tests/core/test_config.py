"""Starting with the wrong environment is refused, with the variable's name."""

import pytest

from stations.core.config import DEMO_DATA_KEY, DEMO_DATABASE, DEMO_SECRET, Config, ConfigError

GOOD = {
    "STATIONS_MODE": "production",
    "STATIONS_SECRET_KEY": "x" * 40,
    "STATIONS_DATA_KEYS": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=",
    "STATIONS_DATABASE_URL": "postgresql://stations@db/stations",
    "STATIONS_BASE_URL": "https://stations.example.jp",
    "STATIONS_MAYOR_NAME": "見本 太郎",
    "STATIONS_CONTACT_PHONE": "047-000-1234",
}


def test_nothing_set_is_the_demo():
    config = Config.from_environment({})
    assert config.demo
    assert config.database_url == DEMO_DATABASE


def test_production_starts_with_its_own_secret_and_database():
    assert Config.from_environment(GOOD).production


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"STATIONS_SECRET_KEY": ""}, "STATIONS_SECRET_KEY"),
        ({"STATIONS_SECRET_KEY": DEMO_SECRET}, "STATIONS_SECRET_KEY"),
        ({"STATIONS_SECRET_KEY": "short"}, "STATIONS_SECRET_KEY"),
        ({"STATIONS_DATA_KEYS": ""}, "STATIONS_DATA_KEYS"),
        ({"STATIONS_DATA_KEYS": f"{GOOD['STATIONS_DATA_KEYS']},{DEMO_DATA_KEY}"}, "STATIONS_DATA_KEYS"),
        ({"STATIONS_DATA_KEYS": "c2hvcnQ="}, "STATIONS_DATA_KEYS"),
        ({"STATIONS_DATABASE_URL": ""}, "STATIONS_DATABASE_URL"),
        ({"STATIONS_BASE_URL": ""}, "STATIONS_BASE_URL"),
        ({"STATIONS_MAYOR_NAME": ""}, "STATIONS_MAYOR_NAME"),
        ({"STATIONS_CONTACT_PHONE": ""}, "STATIONS_CONTACT_PHONE"),
        ({"STATIONS_MODE": "live"}, "STATIONS_MODE"),
        ({"STATIONS_IDLE_MINUTES": "half an hour"}, "STATIONS_IDLE_MINUTES"),
    ],
)
def test_production_refuses(wrong: dict[str, str], named: str):
    with pytest.raises(ConfigError, match=named):
        Config.from_environment(GOOD | wrong)


@pytest.mark.parametrize("name", ["STATIONS_DATABASE_URL", "STATIONS_SECRET_KEY"])
def test_a_forgotten_mode_is_never_the_demo_on_real_data(name: str):
    with pytest.raises(ConfigError):
        Config.from_environment({name: GOOD[name]})
    environment = {key: value for key, value in GOOD.items() if key != "STATIONS_MODE"}
    assert Config.from_environment(environment).production
