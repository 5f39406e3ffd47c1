from __future__ import annotations

import ipaddress

import pytest

from labeling.config.env import SettingRefused
from labeling.config.outside import model_servers, private_networks


def test_model_servers_are_names_with_addresses() -> None:
    assert model_servers("A", ["sam=http://10.1.0.5:9000/", "big-one=https://m.example/x"]) == {
        "sam": "http://10.1.0.5:9000",
        "big-one": "https://m.example/x",
    }
    assert model_servers("A", []) == {}


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["http://10.1.0.5"], "a server named"),
        (["Sam=http://10.1.0.5"], 'a server named "Sam"'),
        (["sam=http://a.example", "sam=http://b.example"], "twice"),
        (["sam="], 'an odd address for "sam"'),
        (["sam=ftp://a.example"], "Only http and https"),
        (["sam=http://u:secret@a.example"], "must not hold a name or password"),
    ],
)
def test_an_odd_model_server_is_refused_with_its_name(words: list[str], problem: str) -> None:
    with pytest.raises(SettingRefused, match=problem) as caught:
        model_servers("TOUCHSTONE_MODEL_SERVERS", words)
    assert str(caught.value).startswith("TOUCHSTONE_MODEL_SERVERS ")
    assert "secret" not in str(caught.value)


def test_private_networks_are_networks_or_addresses() -> None:
    assert private_networks("A", ["10.1.0.0/16", "::1"]) == (
        ipaddress.ip_network("10.1.0.0/16"),
        ipaddress.ip_network("::1/128"),
    )


@pytest.mark.parametrize("word", ["10.1.0.1/16", "home", "10.1.0.0/40"])
def test_an_odd_network_is_refused(word: str) -> None:
    with pytest.raises(SettingRefused, match="TOUCHSTONE_PRIVATE_NETWORKS is odd"):
        private_networks("TOUCHSTONE_PRIVATE_NETWORKS", [word])
