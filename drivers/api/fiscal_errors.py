# ruff: noqa: N818 - the names read as facts: ShiftExpired, DrawerShort, DocumentUnprinted
"""What fiscal registers say no to; part of the tree in `drivers.api.errors`.

::

    DriverError
    |-- TemporaryError
    |   |-- DeviceBusy
    |   |   `-- RegisterBlocked         an earlier document is not settled: the queue stands
    |   `-- DeviceNotReady
    |       |-- ShiftExpired            older than 24 hours: only the Z report is possible
    |       |-- ShiftClosed             open it first
    |       |-- ShiftOpen               close it first
    |       |-- DrawerShort             not enough cash in the drawer's counter
    |       |-- DocumentOpen            a document was left open: cancel it
    |       |-- ClockWrong              the register's clock has to be set
    |       |-- MarkUnchecked           the marking code cannot be checked now
    |       `-- RegisterNotReady        any other state that passes or can be put right
    |-- FinalError
    |   |-- FiscalInputWrong            our data contradict themselves; nothing was sent
    |   |   `-- SplitImpossible         no prices exist that give these amounts exactly
    |   `-- DeviceRefused
    |       `-- FiscalRefused           the register said no
    |           |-- FiscalDataRefused   it did not take the data: a fault of the program
    |           |-- TenderRefused       sums of payments
    |           |-- MarkRefused         marking code
    |           |-- LicenceMissing      licence or key of the register
    |           |-- RegisterFault       broken: call the service
    |           `-- FnUnusable          stop selling, call the service
    |               |-- FnExpired
    |               |-- FnFull
    |               |-- FnFault
    |               `-- OfdOverdue      documents not passed on for too long
    `-- OutcomeUnknown
        |-- FiscalOutcomeUnknown        ask `find_document`, never send again
        |   `-- EarlierUnknown          this request was refused, an earlier one may have been taken
        `-- DocumentUnprinted           the document is made, the paper is missing

`FiscalProblem.register_code` is the register's own number, its words stand before our hint.
"""

from collections.abc import Mapping
from typing import ClassVar

from typing_extensions import override

from drivers.api.errors import (
    DeviceBusy,
    DeviceNotReady,
    DeviceRefused,
    DriverError,
    FinalError,
    Language,
    OutcomeUnknown,
)


class FiscalProblem(DriverError):
    """A no of the register with its own code and words.

    Args:
        detail: raw reason for the log.
        device: name of the device for the screen.
        register_code: number of the register's error, None if it has none.
        words: what the register means, one short sentence a language without a full stop.
    """

    code = "fiscal.problem"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Касса сообщила об ошибке. Позовите администратора.",
        "en": "The fiscal register reported an error. Call the administrator.",
    }

    def __init__(
        self,
        detail: str = "",
        *,
        device: str = "",
        register_code: int | None = None,
        words: Mapping[Language, str] | None = None,
    ) -> None:
        super().__init__(detail, device=device)
        self.register_code = register_code
        self.words = dict(words or {})

    @override
    def text(self, lang: Language = "ru") -> str:
        """Say the register's words, then ours."""
        told = self.words.get(lang, "")
        number = f" ({self.register_code})" if self.register_code is not None else ""
        sentence = self.texts.get(lang, self.texts["en"])
        if told:
            sentence = f"{told}{number}. {sentence}"
        return f"{self.device}: {sentence}" if self.device else sentence


class RegisterBlocked(FiscalProblem, DeviceBusy):
    """An earlier document is not settled yet, or waits for paper: the queue stands."""

    code = "fiscal.blocked"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Касса ждёт завершения прошлого документа. Проверьте бумагу и связь с кассой.",
        "en": "The register waits for its last document. Check its paper and connection.",
    }


class RegisterNotReady(FiscalProblem, DeviceNotReady):
    """A state that passes by itself or can be put right at the register."""

    code = "fiscal.not_ready"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Касса сейчас не может выполнить команду. Повторите через минуту.",
        "en": "The register cannot do that now. Try again in a minute.",
    }


class ShiftExpired(FiscalProblem, DeviceNotReady):
    """The shift is older than 24 hours (54-FZ art. 4.3)."""

    code = "fiscal.shift_expired"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Смена длится больше 24 часов. Закройте смену (Z-отчёт) и повторите чек.",
        "en": "The shift is over 24 hours old. Close it (Z report) and repeat the receipt.",
    }


class ShiftClosed(FiscalProblem, DeviceNotReady):
    """The operation needs an open shift."""

    code = "fiscal.shift_closed"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Смена на кассе закрыта. Откройте смену и повторите.",
        "en": "The shift on the register is closed. Open it and repeat.",
    }


class ShiftOpen(FiscalProblem, DeviceNotReady):
    """The operation needs a closed shift."""

    code = "fiscal.shift_open"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Смена на кассе уже открыта. Закройте её и повторите.",
        "en": "The shift on the register is open already. Close it and repeat.",
    }


class DrawerShort(FiscalProblem, DeviceNotReady):
    """The register counts less cash in the drawer than it has to pay out."""

    code = "fiscal.drawer_short"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "В кассе мало наличных. Сделайте внесение и повторите.",
        "en": "Not enough cash in the register. Record a cash-in and repeat.",
    }


class DocumentOpen(FiscalProblem, DeviceNotReady):
    """A document was left open on the register, or an operation waits for the end of one."""

    code = "fiscal.document_open"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "На кассе остался незакрытый документ. Отмените его и повторите.",
        "en": "A document was left open on the register. Cancel it and repeat.",
    }


class ClockWrong(FiscalProblem, DeviceNotReady):
    """The register's clock is not set or behind its last document."""

    code = "fiscal.clock"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Неверное время на кассе. Установите дату и время.",
        "en": "The register's clock is wrong. Set its date and time.",
    }


class MarkUnchecked(FiscalProblem, DeviceNotReady):
    """The marking code cannot be checked now: no link to the server, or it took too long."""

    code = "fiscal.mark_unchecked"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Код маркировки сейчас не проверить. Повторите или уберите товар из чека.",
        "en": "The marking code cannot be checked now. Repeat or remove the item.",
    }


class FiscalInputWrong(FinalError):
    """Our own data contradict themselves. Nothing was sent; `detail` says what, in one sentence."""

    code = "fiscal.input"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Данные чека не сходятся, чек не отправлен. Позовите администратора.",
        "en": "The receipt's data do not agree, nothing was sent. Call the administrator.",
    }


class SplitImpossible(FiscalInputWrong):
    """No price in kopecks gives this sum for this quantity: change a discount by some kopecks."""

    code = "fiscal.split"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Скидку нельзя разделить по весовому товару до копейки. Измените её.",
        "en": "The discount does not fit a weighed line to the kopeck. Change it.",
    }


class FiscalRefused(FiscalProblem, DeviceRefused):
    """The register refused; no document was made."""

    code = "fiscal.refused"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Касса отказала, документ не создан. Позовите администратора.",
        "en": "The register refused, no document was made. Call the administrator.",
    }


class FiscalDataRefused(FiscalRefused):
    """The register did not take the data."""

    code = "fiscal.data"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Касса не приняла данные чека, он не пробит. Сообщите в поддержку.",
        "en": "The register did not take the receipt's data. Tell the support.",
    }


class TenderRefused(FiscalRefused):
    """The sums of the payments do not suit the register."""

    code = "fiscal.tender"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Касса не приняла суммы оплаты, чек не пробит. Проверьте оплату.",
        "en": "The register did not take the payments. Check the tender.",
    }


class MarkRefused(FiscalRefused):
    """The marking code did not pass."""

    code = "fiscal.mark"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Код маркировки не принят. Уберите товар из чека или считайте код снова.",
        "en": "The marking code was not accepted. Remove the item or scan it again.",
    }


class LicenceMissing(FiscalRefused):
    """A licence or key of the register is missing."""

    code = "fiscal.licence"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Не хватает лицензии кассы. Обратитесь в сервисный центр.",
        "en": "A licence of the register is missing. Call its service.",
    }


class RegisterFault(FiscalRefused):
    """The register is broken or damaged."""

    code = "fiscal.fault"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Касса неисправна, документ не создан. Вызовите сервисный центр.",
        "en": "The register is broken, no document was made. Call its service.",
    }


class FnUnusable(FiscalRefused):
    """The fiscal storage (FN) cannot take documents."""

    code = "fiscal.fn"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Фискальный накопитель не работает. Остановите продажи, вызовите сервис.",
        "en": "The fiscal storage does not work. Stop selling and call the service.",
    }


class FnExpired(FnUnusable):
    """Its term or its key has ended."""

    code = "fiscal.fn_expired"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Срок фискального накопителя истёк. Остановите продажи, вызовите сервис.",
        "en": "The fiscal storage has expired. Stop selling and call the service.",
    }


class FnFull(FnUnusable):
    """Its memory is full."""

    code = "fiscal.fn_full"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Память фискального накопителя заполнена. Остановите продажи, вызовите сервис.",
        "en": "The fiscal storage is full. Stop selling and call the service.",
    }


class FnFault(FnUnusable):
    """It does not answer or is broken."""

    code = "fiscal.fn_fault"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Фискальный накопитель не отвечает. Перезапустите кассу или вызовите сервис.",
        "en": "The fiscal storage does not answer. Restart the register or call the service.",
    }


class OfdOverdue(FnUnusable):
    """Documents wait for the OFD for longer than allowed (30 days)."""

    code = "fiscal.ofd_overdue"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Касса слишком долго без связи с ОФД. Подключите её к интернету.",
        "en": "The register has not reached the OFD for too long. Connect it.",
    }


class FiscalOutcomeUnknown(OutcomeUnknown):
    """The document may have been made: ask `find_document`, never send it again."""

    code = "fiscal.unknown"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Неизвестно, пробит ли чек. Не пробивайте снова: программа спросит кассу.",
        "en": "It is unknown whether the receipt was made. Do not repeat it.",
    }


class EarlierUnknown(FiscalOutcomeUnknown):
    """This request was not taken, and nobody knows of an earlier one: ask `find_document`.

    `reason` is the refusal; it speaks of this request alone.
    """

    code = "fiscal.earlier_unknown"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Этот запрос не принят, о прежнем неизвестно. Программа спросит снова.",
        "en": "This request was not taken, an earlier one is not known. It is asked again.",
    }


class DocumentUnprinted(OutcomeUnknown):
    """The document is made and not printed; its numbers come when there is paper."""

    code = "fiscal.unprinted"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Чек пробит, но не напечатан. Вставьте бумагу, касса допечатает его.",
        "en": "The receipt is made but not printed. Insert paper, it will be printed.",
    }
