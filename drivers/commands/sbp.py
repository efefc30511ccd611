"""`sbp`: register a QR code for a payment, ask about it, cancel it, give money back, listen to notices.

    python -m drivers sbp register till-7-0042 12345 --merchant MA0000000001
    python -m drivers sbp status AD100004BAL7227F9BNP6KNE007J9B3K --merchant MA0000000001
    python -m drivers sbp refund till-7-0042 refund-1 5000 --merchant MA0000000001

The secret key comes from the variable SBP_SECRET_KEY or from the file of ``--key-file``, never from the
command line, where every program of the computer can read it. Answers are JSON, one object a line.
"""

import argparse
import os
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from drivers.api.device import DeviceConfig, DeviceKind, OptionValue
from drivers.api.errors import ConfigurationError
from drivers.api.qr_payment import QrNotice, QrPayments, QrRefund, QrStatus, RefundState
from drivers.commands.common import EXIT_FAILED, Commands, note, say_json
from drivers.doctor import SECRET_KEY_VARIABLE
from drivers.registry import build_qr_payments
from drivers.sbp.raiffeisen.driver import PRODUCTION_URL
from drivers.sbp.raiffeisen.receiver import NoticeReceiver


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    sbp = commands.add_parser("sbp", help="payments by QR code of the Faster Payments System")
    actions = sbp.add_subparsers(required=True, metavar="ACTION")
    register = _action(actions, "register", _register, "register a code, or find the order's own")
    register.add_argument("order")
    register.add_argument("amount_minor", type=int, help="sum in kopecks")
    register.add_argument("--expires", type=datetime.fromisoformat, help="ISO 8601 with a zone")
    register.add_argument("--purpose", default="")
    for name, action, words in (
        ("status", _status, "ask where a code stands"),
        ("cancel", _cancel, "make a code worthless, then ask"),
    ):
        _action(actions, name, action, words).add_argument("qr_id")
    refund = _action(actions, "refund", _refund, "give money back")
    refund.add_argument("order")
    refund.add_argument("refund_id")
    refund.add_argument("amount_minor", type=int, help="sum in kopecks")
    _action(actions, "refund-status", _refund_status, "ask where a refund stands").add_argument(
        "refund_id"
    )
    _action(actions, "check", _check, "ask whether the bank answers and knows the key")
    listen = _action(actions, "listen", _listen, "print the bank's signed notices")
    listen.add_argument("--port", type=int, default=0)
    listen.add_argument("--seconds", type=float, default=3600.0)


def _action(
    actions: Commands,
    name: str,
    action: Callable[[QrPayments, argparse.Namespace], int],
    words: str,
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=words)
    parser.add_argument("--url", default=PRODUCTION_URL, help="address of the bank's API")
    parser.add_argument("--merchant", required=True, help="the restaurant's number in SBP")
    parser.add_argument("--key-file", type=Path, help="file with the secret key")
    parser.add_argument("--notes", type=Path, help="folder for notes about codes and refunds")
    parser.add_argument("--timeout", type=float, default=15.0, metavar="SECONDS")
    parser.set_defaults(run=run, do=action)
    return parser


def run(options: argparse.Namespace) -> int:
    """Do one action."""
    options.secret_key = _key(options)
    settings: dict[str, OptionValue] = {
        "merchant_id": options.merchant,
        "timeout_s": options.timeout,
    }
    config = DeviceConfig(
        "qr", DeviceKind.QR_PAYMENT, "qr.sbp_raiffeisen", "https", options.url, settings
    )
    payments = build_qr_payments(config, secret_key=options.secret_key, state_folder=options.notes)
    payments.open()
    try:
        do: Callable[[QrPayments, argparse.Namespace], int] = options.do
        return do(payments, options)
    finally:
        payments.close()


def _key(options: argparse.Namespace) -> str:
    if options.key_file is None:
        return os.environ.get(SECRET_KEY_VARIABLE, "")
    try:
        return str(options.key_file.read_text(encoding="utf-8")).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the key cannot be read: {error}") from error


def _register(payments: QrPayments, options: argparse.Namespace) -> int:
    code = payments.register(
        options.amount_minor, options.order, expires_at=options.expires, purpose=options.purpose
    )
    say_json(asdict(code))
    return 0


def _status(payments: QrPayments, options: argparse.Namespace) -> int:
    return _show(payments.status(options.qr_id))


def _cancel(payments: QrPayments, options: argparse.Namespace) -> int:
    return _show(payments.cancel(options.qr_id))


def _show(status: QrStatus) -> int:
    say_json({**asdict(status), "is_paid": status.is_paid})
    return 0


def _refund(payments: QrPayments, options: argparse.Namespace) -> int:
    return _show_refund(payments.refund(options.order, options.refund_id, options.amount_minor))


def _refund_status(payments: QrPayments, options: argparse.Namespace) -> int:
    return _show_refund(payments.refund_status(options.refund_id))


def _show_refund(refund: QrRefund | None) -> int:
    say_json(asdict(refund) if refund is not None else {"state": None})
    return EXIT_FAILED if refund is None or refund.state is RefundState.DECLINED else 0


def _check(payments: QrPayments, options: argparse.Namespace) -> int:
    del options
    payments.check()
    say_json({"ok": True})
    return 0


def _listen(payments: QrPayments, options: argparse.Namespace) -> int:
    del payments

    def tell(notice: QrNotice) -> None:
        say_json(asdict(notice))

    receiver = NoticeReceiver(options.secret_key, options.merchant, tell, port=options.port)
    receiver.start()
    note(f"http://127.0.0.1:{receiver.port}/")
    try:
        threading.Event().wait(options.seconds)
    finally:
        receiver.stop()
    return 0
