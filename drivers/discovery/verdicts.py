"""Every verdict of the doctor: a stable code, what is the matter, and what to do, in plain words.

The table is the whole of it: `drivers.discovery.diagnosis` only picks a row. Codes are stable, they go
to logs, to support and to the guide `resources/docs/devices/doctor.md`, which lists each of them.
Words in braces are filled in: `{address}` and the like, the same in both languages.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from drivers.api.device import Health, Probe


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row.

    Attributes:
        code: stable name.
        health: what it means for the device.
        words_ru: what is the matter.
        words_en: ditto.
        hint_ru: what to do, '' if nothing.
        hint_en: ditto.
    """

    code: str
    health: Health
    words_ru: str
    words_en: str
    hint_ru: str = ""
    hint_en: str = ""

    def probe(self, values: Mapping[str, str] | None = None, code: str = "") -> Probe:
        """The row with its gaps filled; `code` is that of the error behind it."""
        known = _Gaps(values or {})
        return Probe(
            self.health,
            self.words_ru.format_map(known),
            self.words_en.format_map(known),
            self.hint_ru.format_map(known),
            self.hint_en.format_map(known),
            code,
        )


class _Gaps(dict[str, str]):
    """Values for the gaps; an unknown one stays readable."""

    def __missing__(self, key: str) -> str:
        return "?"


_OK, _LOOK, _BAD = Health.ONLINE, Health.DEGRADED, Health.OFFLINE

VERDICTS: Mapping[str, Verdict] = {
    row.code: row
    for row in (
        # Works.
        Verdict("ok.device", _OK, "работает", "works"),
        Verdict(
            "ok.printer",
            _OK,
            "принтер готов",
            "the printer is ready",
            "Если буквы печатаются неверно, напечатайте полосу кодовых страниц и выберите строку, "
            "где читается «Привет».",
            "If letters come out wrong, print the strip of code pages and choose the line that "
            "reads “Привет”.",
        ),
        Verdict(
            "ok.silent_road",
            _OK,
            "печатает, но о бумаге не сообщает",
            "prints, but tells nothing about paper",
            "По этому подключению ответа нет: следите за бумагой сами или подключите принтер по "
            "сети, USB или порту.",
            "This connection has no way back: watch the paper, or connect the printer by network, "
            "USB or a port.",
        ),
        Verdict(
            "ok.scanner",
            _OK,
            "порт открыт",
            "the port is open",
            "Считайте любой код, чтобы проверить сканер.",
            "Scan any code to check the scanner.",
        ),
        Verdict(
            "ok.display",
            _OK,
            "дисплей принимает текст",
            "the display takes text",
            "Ответа он не даёт: посмотрите, читается ли текст. Если буквы неверные, выберите "
            "другой набор команд или номер кодовой страницы.",
            "It never answers: look whether the text can be read. If letters are wrong, choose "
            "another command set or number of the code page.",
        ),
        # Found, not connected yet.
        Verdict("found.device", _OK, "{words_ru}", "{words_en}", "Подключите одним нажатием на "
            "экране «Устройства».", "Connect it with one tap on the Devices screen."),
        Verdict("found.port", _OK, "{words_ru}", "{words_en}", "Добавьте устройство и выберите этот "
            "порт.", "Add a device and choose this port."),
        # Ports and rights.
        Verdict(
            "port.no_permission",
            _BAD,
            "нет прав на порт {address}",
            "no right to use the port {address}",
            "Выполните: sudo usermod -aG {group} {user}. Затем выйдите из системы и войдите снова.",
            "Run: sudo usermod -aG {group} {user}. Then log out and in again.",
        ),
        Verdict(
            "access.denied",
            _BAD,
            "система не пускает к устройству {address}",
            "the system does not let the program use {address}",
            "Запустите кассу под пользователем, которому разрешено это устройство, или попросите "
            "администратора дать права.",
            "Start the till as a user who may use the device, or ask the administrator for the right.",
        ),
        Verdict(
            "port.held",
            _BAD,
            "порт {address} занят программой {who}",
            "the port {address} is held by {who}",
            "Закройте эту программу и проверьте ещё раз: портом владеет кто-то один.",
            "Close that program and check again: a port belongs to one program at a time.",
        ),
        Verdict(
            "port.busy",
            _BAD,
            "порт {address} занят другой программой",
            "another program holds the port {address}",
            "Закройте программы, которые работают с этим устройством (1С, драйвер, вторая касса), "
            "и проверьте ещё раз.",
            "Close the programs that use this device (an accounting program, a vendor's driver, a "
            "second till) and check again.",
        ),
        Verdict(
            "port.missing",
            _BAD,
            "порта {address} нет",
            "there is no port {address}",
            "Проверьте кабель и питание. Если устройство переставили в другой разъём, найдите его "
            "заново.",
            "Check cable and power. If it was moved to another socket, search for it again.",
        ),
        Verdict(
            "port.moved",
            _BAD,
            "порта {address} нет, но есть другие: {ports}",
            "there is no port {address}, but there are others: {ports}",
            "Устройство могли переставить в другой разъём: выберите новый порт в настройках.",
            "It may have been moved to another socket: choose the new port in the settings.",
        ),
        Verdict(
            "usb.no_permission",
            _BAD,
            "нет прав на USB-принтер {address}",
            "no right to use the USB printer {address}",
            "Создайте файл /etc/udev/rules.d/70-receipt-printer.rules со строкой: {rule}. "
            "Затем отключите и подключите принтер.",
            "Create /etc/udev/rules.d/70-receipt-printer.rules with the line: {rule}. "
            "Then unplug the printer and plug it in.",
        ),
        Verdict(
            "usb.no_library",
            _BAD,
            "нет библиотеки для USB (libusb)",
            "the library for USB (libusb) is missing",
            "Установите libusb 1.0, на Windows выберите подключение через принтер Windows.",
            "Install libusb 1.0; on Windows choose the connection through a Windows printer.",
        ),
        # Network.
        Verdict(
            "net.refused",
            _BAD,
            "{address}: компьютер или устройство есть, но порт закрыт",
            "{address}: somebody is there, but the port is closed",
            "Проверьте номер порта в настройках. Если верен, включите сетевую печать в устройстве "
            "или выключите и включите его: часто занято прежним подключением.",
            "Check the port number in the settings. If it is right, switch network printing on in "
            "the device, or switch it off and on: often an old connection still holds it.",
        ),
        Verdict(
            "net.silent",
            _BAD,
            "{address} не отвечает",
            "{address} does not answer",
            "Проверьте питание, кабель или Wi-Fi и адрес (напечатайте самотест устройства). Если "
            "всё верно, соединение может закрывать брандмауэр.",
            "Check power, cable or Wi-Fi and the address (print the device's self-test). If all is "
            "right, a firewall may be in the way.",
        ),
        Verdict(
            "net.other_network",
            _BAD,
            "{address} в другой сети, чем эта касса",
            "{address} is in another network than this till",
            "Дайте устройству адрес из сети кассы или подключите кассу к его сети (не к гостевому "
            "Wi-Fi).",
            "Give the device an address of the till's network, or bring the till into its network "
            "(not the guests' Wi-Fi).",
        ),
        Verdict(
            "net.unreachable",
            _BAD,
            "нет пути к {address}: сеть не подключена",
            "no way to {address}: the network is down",
            "Проверьте сетевой кабель или Wi-Fi этого компьютера.",
            "Check the network cable or Wi-Fi of this computer.",
        ),
        Verdict(
            "net.no_name",
            _BAD,
            "имя {address} не найдено в сети",
            "the name {address} is not known on the network",
            "Укажите IP-адрес вместо имени.",
            "Give the IP address instead of the name.",
        ),
        Verdict(
            "net.no_internet",
            _BAD,
            "нет связи с {address}",
            "no connection to {address}",
            "Проверьте интернет на этом компьютере: откройте любой сайт. Если сайты открываются, "
            "обращение может закрывать брандмауэр.",
            "Check the internet of this computer: open any page. If pages open, a firewall may be "
            "in the way.",
        ),
        # Programs that stand between the till and a device.
        Verdict(
            "vendor.no_server",
            _BAD,
            "Web-сервер драйвера ККТ {address} не запущен",
            "the Web server of the register's driver at {address} is not running",
            "Запустите службу Web-сервера в драйвере ККТ 10 и включите её автозапуск. Порт по "
            "умолчанию 16732.",
            "Start the Web server service of the register's driver 10 and let it start by itself. "
            "The usual port is 16732.",
        ),
        Verdict(
            "vendor.no_program",
            _BAD,
            "программы {address} нет на этом компьютере",
            "the program {address} is not on this computer",
            "Установите программу банка или исправьте путь к ней в настройках.",
            "Install the bank's program, or correct the path to it in the settings.",
        ),
        # The talk with the device.
        Verdict(
            "line.silent",
            _BAD,
            "порт {address} открыт, но устройство молчит",
            "the port {address} is open, but the device is silent",
            "Проверьте, включено ли устройство, тот ли это порт, и скорость: сейчас {baud}. Для "
            "кассовых кабелей нужен свой кабель, а не любой похожий.",
            "Check that the device is on, that the port is the right one, and the speed: now "
            "{baud}. Devices of tills need their own cable, not any that fits.",
        ),
        Verdict(
            "line.garbled",
            _BAD,
            "с порта {address} приходят непонятные байты",
            "bytes from the port {address} make no sense",
            "Скорее всего, неверна скорость (сейчас {baud}) или чётность, или выбрана не та модель.",
            "Most probably the speed (now {baud}) or the parity is wrong, or it is another model.",
        ),
        Verdict(
            "line.other_speed",
            _BAD,
            "устройство отвечает, но на другой скорости: {found}",
            "the device answers at another speed: {found}",
            "Поставьте в настройках {found} вместо {baud}.",
            "Set {found} in the settings instead of {baud}.",
        ),
        Verdict(
            "device.silent",
            _BAD,
            "{address} принимает соединение, но не отвечает",
            "{address} takes the connection, but does not answer",
            "Выключите и включите устройство. Если не помогло, проверьте модель в настройках.",
            "Switch the device off and on. If that does not help, check its model in the settings.",
        ),
        Verdict(
            "device.garbled",
            _BAD,
            "{address} отвечает непонятно",
            "{address} gives answers that make no sense",
            "Проверьте модель в настройках: по этому адресу может быть другое устройство.",
            "Check the model in the settings: another device may be at this address.",
        ),
        Verdict(
            "device.hangs",
            _BAD,
            "проверка не закончилась: устройство держит соединение и молчит",
            "the check did not end: the device holds the connection and is silent",
            "Выключите и включите устройство, затем проверьте ещё раз.",
            "Switch the device off and on, then check again.",
        ),
        Verdict(
            "device.lost",
            _BAD,
            "связь с устройством оборвалась во время проверки",
            "the connection broke during the check",
            "Проверьте кабель и питание.",
            "Check cable and power.",
        ),
        Verdict(
            "device.absent",
            _BAD,
            "устройство {address} не найдено",
            "the device {address} was not found",
            "Проверьте питание, кабель и адрес.",
            "Check its power, cable and address.",
        ),
        Verdict(
            "device.busy",
            _LOOK,
            "устройство занято другой операцией",
            "the device is busy with another operation",
            "Дождитесь конца операции и проверьте ещё раз.",
            "Wait until it ends and check again.",
        ),
        Verdict(
            "device.refused",
            _BAD,
            "устройство отказало: {detail}",
            "the device refused: {detail}",
            "Посмотрите на его экран и проверьте модель и пароль в настройках.",
            "Look at its screen, and check model and password in the settings.",
        ),
        Verdict(
            "device.not_ready",
            _LOOK,
            "устройство отвечает, но не готово: {words}",
            "the device answers, but is not ready: {words}",
            "Посмотрите на его экран или индикаторы.",
            "Look at its screen or lamps.",
        ),
        Verdict(
            "settings.wrong",
            _BAD,
            "настройки неверны: {detail}",
            "the settings are wrong: {detail}",
            "Исправьте запись устройства на экране «Устройства» или в till.json.",
            "Correct the device on the Devices screen or in till.json.",
        ),
        # Kinds of devices.
        Verdict("printer.paper_out", _LOOK, "нет бумаги", "out of paper", "Вставьте новый рулон.",
            "Insert a new roll."),
        Verdict("printer.paper_low", _LOOK, "бумага заканчивается", "paper is running out",
            "Приготовьте рулон.", "Have a roll at hand."),
        Verdict(
            "printer.queue_says",
            _LOOK,
            "очередь Windows сообщает о неполадке",
            "the Windows queue tells of a trouble",
            "Проверьте принтер. Касса печатает и так: бывают драйверы, которые не снимают сообщение.",
            "Check the printer. The till prints all the same: some drivers never take it back.",
        ),
        Verdict("printer.cover_open", _LOOK, "открыта крышка", "the cover is open",
            "Закройте крышку.", "Close the cover."),
        Verdict(
            "printer.offline",
            _LOOK,
            "принтер отключён кнопкой или подаёт бумагу",
            "the printer is off line or feeding paper",
            "Нажмите кнопку на принтере; если не помогло, выключите и включите его.",
            "Press its button; if that does not help, switch it off and on.",
        ),
        Verdict(
            "printer.fault",
            _LOOK,
            "неисправность: нож или печатающая головка",
            "a fault: cutter or print head",
            "Откройте крышку, уберите бумагу из ножа, выключите и включите принтер.",
            "Open the cover, free the cutter of paper, switch the printer off and on.",
        ),
        Verdict(
            "scale.overload",
            _LOOK,
            "весы перегружены",
            "the scale is overloaded",
            "Снимите груз с платформы.",
            "Take the load off the plate.",
        ),
        Verdict(
            "scale.service",
            _LOOK,
            "весы отвечают, но взвешивать не готовы",
            "the scale answers, but cannot weigh",
            "Снимите груз, выключите и включите весы. Если не помогло, нужна калибровка в сервисе.",
            "Take the load off, switch the scale off and on. If that does not help, it has to be "
            "calibrated.",
        ),
        Verdict(
            "camera.silent",
            _BAD,
            "камера открывается, но не показывает",
            "the camera opens, but shows nothing",
            "Закройте программы, которые могут держать камеру (видеозвонки), и проверьте ещё раз.",
            "Close programs that may hold the camera (video calls) and check again.",
        ),
        # This computer.
        Verdict("library.present", _OK, "есть", "present"),
        Verdict("library.missing", _BAD, "нет: {loss_ru}", "missing: {loss_en}",
            "Переустановите программу. Причина: {detail}.",
            "Install the program again. Reason: {detail}."),
        Verdict("library.optional", _LOOK, "нет: {loss_ru}", "missing: {loss_en}",
            "Можно работать и так. Причина: {detail}.", "It works without it. Reason: {detail}."),
        Verdict("search.failed", _LOOK, "{words_ru}", "{words_en}",
            "Остальные поиски это не затронуло.", "The other searches were not touched by it."),
        Verdict(
            "program.fault",
            _BAD,
            "ошибка программы: {detail}",
            "a fault of the program: {detail}",
            "Сообщите в поддержку.",
            "Tell the support.",
        ),
    )
}  # fmt: skip
