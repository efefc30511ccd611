<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru" sourcelanguage="en">
 <context>
  <name>till</name>
  <message numerus="yes">
   <source>%n characters a line</source>
   <translation>
    <numerusform>%n знак в строке</numerusform>
    <numerusform>%n знака в строке</numerusform>
    <numerusform>%n знаков в строке</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n devices need a look</source>
   <translation>
    <numerusform>%n устройство требует внимания</numerusform>
    <numerusform>%n устройства требуют внимания</numerusform>
    <numerusform>%n устройств требуют внимания</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n ready</source>
   <translation>
    <numerusform>%n готов</numerusform>
    <numerusform>%n готовы</numerusform>
    <numerusform>%n готовы</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n silent</source>
   <translation>
    <numerusform>%n не отвечает</numerusform>
    <numerusform>%n не отвечают</numerusform>
    <numerusform>%n не отвечают</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n to look at</source>
   <translation>
    <numerusform>%n внимание</numerusform>
    <numerusform>%n внимание</numerusform>
    <numerusform>%n внимание</numerusform>
   </translation>
  </message>
  <message>
   <source>Add by hand</source>
   <translation>Добавить вручную</translation>
  </message>
  <message>
   <source>Address</source>
   <translation>Адрес</translation>
  </message>
  <message>
   <source>Advert</source>
   <translation>Реклама</translation>
  </message>
  <message>
   <source>All devices answer</source>
   <translation>Все устройства отвечают</translation>
  </message>
  <message>
   <source>An administrator opens the settings</source>
   <translation>Настройки открывает администратор</translation>
  </message>
  <message>
   <source>Back to settings</source>
   <translation>К настройкам</translation>
  </message>
  <message>
   <source>COM port</source>
   <translation>COM-порт</translation>
  </message>
  <message>
   <source>Camera</source>
   <translation>Камера</translation>
  </message>
  <message>
   <source>Characters a line</source>
   <translation>Знаков в строке</translation>
  </message>
  <message>
   <source>Check</source>
   <translation>Проверить</translation>
  </message>
  <message>
   <source>Check everything</source>
   <translation>Проверить всё</translation>
  </message>
  <message>
   <source>Checking…</source>
   <translation>Проверяем…</translation>
  </message>
  <message>
   <source>Choices of a product</source>
   <translation>Модификаторы</translation>
  </message>
  <message>
   <source>Choose what it is</source>
   <translation>Выбрать, что это</translation>
  </message>
  <message>
   <source>Code of the card</source>
   <translation>Код карты</translation>
  </message>
  <message>
   <source>Code page</source>
   <translation>Кодовая страница</translation>
  </message>
  <message>
   <source>Connect</source>
   <translation>Подключить</translation>
  </message>
  <message>
   <source>Connection</source>
   <translation>Подключение</translation>
  </message>
  <message>
   <source>Contact of the drawer</source>
   <translation>Контакт ящика</translation>
  </message>
  <message>
   <source>Cooks these categories, * is all</source>
   <translation>Готовит категории, * это все</translation>
  </message>
  <message>
   <source>Currency</source>
   <translation>Валюта</translation>
  </message>
  <message>
   <source>Data bits</source>
   <translation>Биты данных</translation>
  </message>
  <message>
   <source>Detailed look</source>
   <translation>Подробный</translation>
  </message>
  <message>
   <source>Devices</source>
   <translation>Оборудование</translation>
  </message>
  <message>
   <source>Discounts of a line</source>
   <translation>Скидки и баллы в строке</translation>
  </message>
  <message>
   <source>Dots a line</source>
   <translation>Точек в строке</translation>
  </message>
  <message>
   <source>Encoding</source>
   <translation>Кодировка</translation>
  </message>
  <message>
   <source>End of a code</source>
   <translation>Конец кода</translation>
  </message>
  <message>
   <source>English look</source>
   <translation>Английский</translation>
  </message>
  <message>
   <source>Everything that is connected is in use</source>
   <translation>Всё подключённое уже работает</translation>
  </message>
  <message>
   <source>File</source>
   <translation>Файл</translation>
  </message>
  <message>
   <source>Flow control RTS/CTS</source>
   <translation>Управление потоком RTS/CTS</translation>
  </message>
  <message>
   <source>For support: {code}</source>
   <translation>Для поддержки: {code}</translation>
  </message>
  <message>
   <source>Found nearby</source>
   <translation>Найдены рядом</translation>
  </message>
  <message>
   <source>Height of the picture</source>
   <translation>Высота картинки</translation>
  </message>
  <message>
   <source>Holder of the card</source>
   <translation>Владелец карты</translation>
  </message>
  <message>
   <source>If letters come out wrong, print the strip of code pages.</source>
   <translation>Если вместо букв печатаются значки, напечатайте полоску кодовых страниц.</translation>
  </message>
  <message>
   <source>Keyboard</source>
   <translation>Клавиатура</translation>
  </message>
  <message>
   <source>Kinds of codes</source>
   <translation>Виды кодов</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>Язык</translation>
  </message>
  <message>
   <source>Learn the scanner by two codes</source>
   <translation>Настроить по двум кодам</translation>
  </message>
  <message>
   <source>Letters come out wrong</source>
   <translation>Буквы печатаются неверно</translation>
  </message>
  <message>
   <source>Level of an open drawer</source>
   <translation>Уровень открытого ящика</translation>
  </message>
  <message>
   <source>Level of the card</source>
   <translation>Уровень карты</translation>
  </message>
  <message>
   <source>Longest operation, s</source>
   <translation>Самая долгая операция, с</translation>
  </message>
  <message>
   <source>Look at the guest's display</source>
   <translation>Посмотрите на экран покупателя</translation>
  </message>
  <message>
   <source>Look of receipts</source>
   <translation>Вид чека</translation>
  </message>
  <message>
   <source>Meanwhile:</source>
   <translation>Пока:</translation>
  </message>
  <message>
   <source>Meanwhile: {words}</source>
   <translation>Пока: {words}</translation>
  </message>
  <message>
   <source>Name</source>
   <translation>Название</translation>
  </message>
  <message>
   <source>Name of the station</source>
   <translation>Название цеха</translation>
  </message>
  <message>
   <source>Network</source>
   <translation>Сеть</translation>
  </message>
  <message>
   <source>New device</source>
   <translation>Новое устройство</translation>
  </message>
  <message>
   <source>None can be read: print letters as pictures</source>
   <translation>Ни одна не читается: печатать буквы картинкой</translation>
  </message>
  <message>
   <source>Number of the code page</source>
   <translation>Номер кодовой страницы</translation>
  </message>
  <message>
   <source>Numbers of lines</source>
   <translation>Номера строк</translation>
  </message>
  <message>
   <source>Numbers of the register</source>
   <translation>Номера кассы</translation>
  </message>
  <message>
   <source>Off</source>
   <translation>Выключен</translation>
  </message>
  <message>
   <source>One moment…</source>
   <translation>Одну минуту…</translation>
  </message>
  <message>
   <source>Open</source>
   <translation>Открыть</translation>
  </message>
  <message>
   <source>Open the settings</source>
   <translation>Открыть настройки</translation>
  </message>
  <message>
   <source>Opens the drawer: cash, always, never</source>
   <translation>Открывает ящик: cash, always, never</translation>
  </message>
  <message>
   <source>Or a window</source>
   <translation>Или окно</translation>
  </message>
  <message>
   <source>Parity</source>
   <translation>Чётность</translation>
  </message>
  <message>
   <source>Password of the terminal</source>
   <translation>Пароль терминала</translation>
  </message>
  <message>
   <source>Pause after a code, s</source>
   <translation>Пауза после кода, с</translation>
  </message>
  <message>
   <source>Picture instead</source>
   <translation>Картинка вместо слов</translation>
  </message>
  <message>
   <source>Pictures a second</source>
   <translation>Кадров в секунду</translation>
  </message>
  <message>
   <source>Points earned</source>
   <translation>Начислено баллов</translation>
  </message>
  <message>
   <source>Points on the card</source>
   <translation>Остаток баллов</translation>
  </message>
  <message>
   <source>Points spent</source>
   <translation>Списано баллов</translation>
  </message>
  <message>
   <source>Prefix of a code</source>
   <translation>Начало кода</translation>
  </message>
  <message>
   <source>Prices of choices</source>
   <translation>Цены модификаторов</translation>
  </message>
  <message>
   <source>Print receipts like this</source>
   <translation>Печатать так</translation>
  </message>
  <message>
   <source>Print the strip</source>
   <translation>Напечатать полоску</translation>
  </message>
  <message>
   <source>Printer model</source>
   <translation>Модель принтера</translation>
  </message>
  <message>
   <source>Printer that stands in</source>
   <translation>Принтер на замену</translation>
  </message>
  <message>
   <source>Prints receipts as well</source>
   <translation>Печатает и чеки</translation>
  </message>
  <message>
   <source>QR of the guest's card</source>
   <translation>QR карты гостя</translation>
  </message>
  <message>
   <source>Quantity of single pieces</source>
   <translation>Количество одной штуки</translation>
  </message>
  <message>
   <source>Receipts are printed like this now</source>
   <translation>Чеки теперь печатаются так</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>Убрать</translation>
  </message>
  <message>
   <source>Save</source>
   <translation>Сохранить</translation>
  </message>
  <message>
   <source>Scan anything, for example a product</source>
   <translation>Отсканируйте что-нибудь, например товар</translation>
  </message>
  <message>
   <source>Search again</source>
   <translation>Искать снова</translation>
  </message>
  <message>
   <source>Search the network</source>
   <translation>Искать в сети</translation>
  </message>
  <message>
   <source>Searching…</source>
   <translation>Ищем…</translation>
  </message>
  <message>
   <source>Second screen</source>
   <translation>Второй экран</translation>
  </message>
  <message>
   <source>Settings</source>
   <translation>Настройки</translation>
  </message>
  <message>
   <source>Short look</source>
   <translation>Короткий</translation>
  </message>
  <message>
   <source>Show</source>
   <translation>Показать</translation>
  </message>
  <message>
   <source>Show a test</source>
   <translation>Показать тест</translation>
  </message>
  <message>
   <source>Smaller letters</source>
   <translation>Мелким шрифтом</translation>
  </message>
  <message>
   <source>Speed, baud</source>
   <translation>Скорость, бод</translation>
  </message>
  <message>
   <source>Stop bits</source>
   <translation>Стоповые биты</translation>
  </message>
  <message>
   <source>Stop learning</source>
   <translation>Остановить настройку</translation>
  </message>
  <message>
   <source>Takes effect after a restart</source>
   <translation>Заработает после перезапуска</translation>
  </message>
  <message>
   <source>Test receipt</source>
   <translation>Пробный чек</translation>
  </message>
  <message>
   <source>The code was read</source>
   <translation>Код прочитан</translation>
  </message>
  <message>
   <source>The scanner learns its ends, its layout and the separators of marked goods.</source>
   <translation>Касса узнает концы кодов, раскладку и разделители маркировки.</translation>
  </message>
  <message>
   <source>The search runs by itself every 30 seconds over USB and COM.</source>
   <translation>Поиск идёт сам каждые 30 секунд по USB и COM.</translation>
  </message>
  <message>
   <source>The settings are kept</source>
   <translation>Настройки сохранены</translation>
  </message>
  <message>
   <source>Then tap the line on which the words can be read.</source>
   <translation>Потом нажмите строку, на которой слова можно прочесть.</translation>
  </message>
  <message>
   <source>There is nothing to set here</source>
   <translation>Здесь нечего настраивать</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>Повторить</translation>
  </message>
  <message>
   <source>Usual look</source>
   <translation>Обычный</translation>
  </message>
  <message>
   <source>VAT of each line</source>
   <translation>НДС каждой строки</translation>
  </message>
  <message>
   <source>Wait for a confirmation, s</source>
   <translation>Ждать подтверждения, с</translation>
  </message>
  <message>
   <source>Wait for an answer, s</source>
   <translation>Ждать ответа, с</translation>
  </message>
  <message>
   <source>Weigh</source>
   <translation>Взвесить</translation>
  </message>
  <message>
   <source>What receipts show. The sample changes at once.</source>
   <translation>Что печатать на чеке. Образец меняется сразу.</translation>
  </message>
  <message>
   <source>Where</source>
   <translation>Где показывать</translation>
  </message>
  <message>
   <source>Width of the picture</source>
   <translation>Ширина картинки</translation>
  </message>
  <message>
   <source>Width of the preview</source>
   <translation>Ширина просмотра</translation>
  </message>
  <message>
   <source>Windows printer</source>
   <translation>Принтер Windows</translation>
  </message>
  <message>
   <source>Wishes of the guest</source>
   <translation>Пожелания гостя</translation>
  </message>
  <message>
   <source>{name} is connected</source>
   <translation>{name}: подключено</translation>
  </message>
 </context>
</TS>
