"""From settings to a receipt at ATOL Online: registry, doctor's words, commands, simulators by name."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.__main__ import main
from drivers.api.device import DeviceConfig, DeviceKind, Health, OptionValue
from drivers.api.errors import ConfigurationError
from drivers.commands.simulate import KINDS
from drivers.doctor import check_device
from drivers.fiscal.atol_online.options import OnlineOptions, Version
from drivers.registry import build_fiscal, watch_fiscal
from drivers.sim import atol_online, marking
from drivers.sim.atol_online import GROUP, LOGIN, PASSWORD, AtolOnlineSimulator, CloudFault

OPTIONS: dict[str, OptionValue] = {
    "login": LOGIN,
    "password": PASSWORD,
    "group": GROUP,
    "inn": "5544332219",
    "email": "kassa@cafe.ru",
    "payment_address": "https://cafe.example",
}
SALE = {
    "operator": {"name": "Иванова А."},
    "taxation": "usn_income",
    "lines": [{"name": "Капучино", "price_minor": 25000, "quantity_milli": 1000, "vat": "none"}],
    "points_minor": 1000,
    "payments": [{"type": "card", "amount_minor": 24000}],
}


@pytest.fixture
def cloud() -> Iterator[AtolOnlineSimulator]:
    cloud = AtolOnlineSimulator(wait_polls=0)
    cloud.start()
    yield cloud
    cloud.stop()


def config(url: str, **changes: OptionValue) -> DeviceConfig:
    options = {**OPTIONS, **changes}
    return DeviceConfig("till", DeviceKind.FISCAL, "fiscal.atol_online", "http", url, options)


def test_settings_become_a_register(cloud: AtolOnlineSimulator, tmp_path: Path) -> None:
    register = build_fiscal(config(cloud.url_of("v5")), state_folder=tmp_path)
    assert register.status().model == "ATOL Online v5"
    register.close()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"login": ""}, "needs the options login"),
        ({"password": "", "inn": ""}, "needs the options password, inn"),
        ({"inn": "123"}, "10 or 12 digits"),
        ({"email": "kassa"}, "no e-mail"),
        ({"group": "a/b"}, "no code of a group"),
        ({"payment_address": "x" * 257}, "over 256"),
        ({"callback_url": "cafe"}, "must be http"),
        ({"callback_url": "https://cafe.example/" + "x" * 256}, "over 256"),
        ({"version": "v6"}, "must be v4 or v5"),
        ({"timeout_s": 0.0}, "above 0"),
        ({"ca_file": "/nowhere.pem"}, "certificates"),
    ],
)
def test_wrong_settings_are_told(changes: dict[str, OptionValue], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        build_fiscal(config("https://online.atol.ru/possystem/v5", **changes))


def test_version_is_a_setting_where_the_address_does_not_tell_it() -> None:
    with pytest.raises(ConfigurationError, match="v4 or v5"):
        build_fiscal(config("https://cloud.example/api"))
    build_fiscal(config("https://cloud.example/api", version="v4"))
    assert OnlineOptions(**OPTIONS).version_at("https://x/v4/") is Version.V4  # type: ignore[arg-type]  # a table of texts


def test_password_is_in_no_text_of_the_options() -> None:
    options = OnlineOptions(**OPTIONS)  # type: ignore[arg-type]  # texts all
    assert PASSWORD not in repr(options)
    assert PASSWORD not in str(options)
    with pytest.raises(ConfigurationError) as caught:
        build_fiscal(config("https://cloud.example/v5", password=12345))
    assert "12345" not in str(caught.value)


def test_doctor_tells_the_account_in_words(cloud: AtolOnlineSimulator) -> None:
    assert check_device(config(cloud.url_of("v5"))).health is Health.ONLINE
    with pytest.raises(ConfigurationError) as caught:
        check_device(config(cloud.url_of("v5"), password="other"))  # noqa: S106 - no secret
    assert "логин" in caught.value.text("ru")


def test_document_that_waits_is_a_warning(cloud: AtolOnlineSimulator, tmp_path: Path) -> None:
    watched = watch_fiscal(config(cloud.url_of("v5")), state_folder=tmp_path)
    cloud.next(CloudFault.STUCK)
    folder = tmp_path / "fiscal-till.json"
    watched.open()
    assert watched.poll().health is Health.ONLINE
    note = {
        "external_id": "sale-1-1",
        "attempt": 1,
        "state": "accepted",
        "operation": "sell",
        "digest": "",
        "total_minor": 1,
        "uuid": "nobody-knows",
    }
    folder.write_text(json.dumps({"sale-1": note}), encoding="utf-8")
    watched = watch_fiscal(config(cloud.url_of("v5")), state_folder=tmp_path)
    watched.open()
    probe = watched.poll()
    assert (probe.health, probe.words_ru) == (
        Health.DEGRADED,
        "касса ещё работает над принятым документом",
    )


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    code = main(list(words))
    out = capsys.readouterr().out
    return code, json.loads(out) if out else {}


def test_command_sells_and_finds(
    cloud: AtolOnlineSimulator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings, sale = tmp_path / "cloud.json", tmp_path / "sale.json"
    settings.write_text(json.dumps(OPTIONS), encoding="utf-8")
    sale.write_text(json.dumps(SALE), encoding="utf-8")
    url = cloud.url_of("v5")
    rest = ["--settings", str(settings), "--notes", str(tmp_path), "--id", "sale-1"]
    code, document = run(capsys, "fiscal", "sell", url, str(sale), *rest)
    assert (code, document["number"], document["total_minor"]) == (0, 778, 24000)
    code, found = run(capsys, "fiscal", "find", url, *rest)
    assert (code, found["verdict"]) == (0, "found")
    code, status = run(capsys, "fiscal", "status", url, *rest)
    assert (code, status["model"]) == (0, "ATOL Online v5")
    code, _ = run(capsys, "fiscal", "z", url, *rest)
    assert code == 1


def test_command_refuses_settings_that_are_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.json"
    for text in ("[1]", "{"):
        bad.write_text(text, encoding="utf-8")
        code, _ = run(capsys, "fiscal", "status", "http://127.0.0.1/v5", "--settings", str(bad))
        assert code != 0


def test_simulators_are_known_by_name_with_all_their_faults() -> None:
    assert KINDS["atol-online"].faults == tuple(map(str, atol_online.FAULTS))
    assert KINDS["marking"].faults == tuple(map(str, marking.FAULTS))
    for kind in ("atol-online", "marking"):
        for fault in ("", *KINDS[kind].faults):
            simulated = KINDS[kind].start(0, fault)
            simulated.stop()
            assert simulated.address.startswith("http://127.0.0.1:")
