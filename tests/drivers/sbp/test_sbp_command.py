"""`python -m drivers sbp`, the doctor and the supervisor on the bank's simulator."""

import json
from pathlib import Path

import pytest

from drivers.__main__ import main
from drivers.api.device import DeviceConfig, DeviceKind, Health
from drivers.doctor import SECRET_KEY_VARIABLE, check_device
from drivers.registry import watch_qr_payments
from drivers.sim.sbp import MERCHANT_ID, SECRET_KEY, Fault, SbpSimulator


def config(bank: SbpSimulator) -> DeviceConfig:
    options = {"merchant_id": MERCHANT_ID}
    return DeviceConfig(
        "qr", DeviceKind.QR_PAYMENT, "qr.sbp_raiffeisen", "https", bank.url, options
    )


def test_codes_by_hand(
    bank: SbpSimulator, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    key = tmp_path / "key"
    key.write_text(SECRET_KEY + "\n", encoding="utf-8")
    common = ["--url", bank.url, "--merchant", MERCHANT_ID, "--key-file", str(key)]
    common += ["--notes", str(tmp_path)]

    def run(*words: str) -> tuple[int, dict[str, object]]:
        code = main(["sbp", *words, *common])
        out, err = capsys.readouterr()
        assert SECRET_KEY not in out + err
        return code, json.loads(out) if out else {}

    assert run("check") == (0, {"ok": True})
    code, made = run("register", "o-1", "12345")
    assert code == 0
    qr_id = str(made["qr_id"])
    assert run("register", "o-1", "12345")[1]["qr_id"] == qr_id
    assert run("status", qr_id)[1]["state"] == "new"
    bank.pay(qr_id)
    assert run("status", qr_id)[1]["is_paid"] is True
    assert run("cancel", qr_id)[1]["is_paid"] is True
    bank.next(Fault("lost-after", path="/refund"))
    assert run("refund", "o-1", "r-1", "345") == (3, {})
    assert run("refund-status", "r-1")[1]["amount_minor"] == 345
    assert run("refund-status", "r-2") == (1, {"state": None})
    assert run("register", "o-1", "12345") == (1, {})
    assert bank.bank.taken_minor() == 12000


def test_missing_key_is_told_in_words(
    bank: SbpSimulator, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SECRET_KEY_VARIABLE, raising=False)
    assert main(["sbp", "check", "--url", bank.url, "--merchant", MERCHANT_ID]) == 1
    assert "secret key" in capsys.readouterr().err
    probe = check_device(config(bank))
    assert (probe.health, probe.code) == (Health.DEGRADED, "qr.no_key")


def test_doctor_and_supervisor_tell_how_the_bank_is(
    bank: SbpSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SECRET_KEY_VARIABLE, SECRET_KEY)
    assert check_device(config(bank)).words_ru == "банк отвечает"
    watched = watch_qr_payments(config(bank), secret_key="another")  # noqa: S106 - opens nothing
    watched.open()
    probe = watched.poll()
    watched.close()
    assert (probe.health, probe.words_ru) == (Health.DEGRADED, "Банк не принимает ключ")
