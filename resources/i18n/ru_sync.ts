<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru" sourcelanguage="en">
 <context>
  <name>till</name>
  <message numerus="yes">
   <source>%n tries</source>
   <translation>
    <numerusform>%n попытка</numerusform>
    <numerusform>%n попытки</numerusform>
    <numerusform>%n попыток</numerusform>
   </translation>
  </message>
  <message>
   <source>A correction follows</source>
   <translation>Будет чек коррекции</translation>
  </message>
  <message>
   <source>All</source>
   <translation>Все</translation>
  </message>
  <message>
   <source>All operations are stored at the till. They go by themselves, even after it was off.</source>
   <translation>Все операции сохранены на кассе. Даже после выключения они уйдут сами.</translation>
  </message>
  <message>
   <source>All sent</source>
   <translation>Всё отправлено</translation>
  </message>
  <message>
   <source>All sent, {time}</source>
   <translation>Всё отправлено, {time}</translation>
  </message>
  <message>
   <source>Apply</source>
   <translation>Применить</translation>
  </message>
  <message>
   <source>At this till, {time}</source>
   <translation>На этой кассе, {time}</translation>
  </message>
  <message>
   <source>Decide by hand</source>
   <translation>Решите вручную</translation>
  </message>
  <message>
   <source>Decided. It is being sent</source>
   <translation>Решено. Отправляем</translation>
  </message>
  <message>
   <source>Details for support</source>
   <translation>Подробности для поддержки</translation>
  </message>
  <message>
   <source>Entered by mistake</source>
   <translation>Ошибочная</translation>
  </message>
  <message>
   <source>Errors</source>
   <translation>Ошибки</translation>
  </message>
  <message>
   <source>Exchange and queue</source>
   <translation>Обмен и очередь</translation>
  </message>
  <message>
   <source>Exchange error</source>
   <translation>Ошибка обмена</translation>
  </message>
  <message>
   <source>Fiscal register</source>
   <translation>Касса (ККТ)</translation>
  </message>
  <message>
   <source>It goes by itself as soon as there is a connection.</source>
   <translation>Уйдёт сама, как только появится связь.</translation>
  </message>
  <message>
   <source>It is being sent.</source>
   <translation>Отправляется.</translation>
  </message>
  <message>
   <source>It is printed, marked as late</source>
   <translation>Печатается с пометкой «поздно»</translation>
  </message>
  <message>
   <source>It is tried again</source>
   <translation>Повторяем</translation>
  </message>
  <message>
   <source>It will be tried again by itself.</source>
   <translation>Повторим сами.</translation>
  </message>
  <message>
   <source>It will not be sent</source>
   <translation>Больше не отправляем</translation>
  </message>
  <message>
   <source>Later</source>
   <translation>Позже</translation>
  </message>
  <message>
   <source>Left to the manager. It stays in the queue</source>
   <translation>Оставлено управляющему. Операция ждёт в очереди</translation>
  </message>
  <message>
   <source>Made at another till</source>
   <translation>На другой кассе</translation>
  </message>
  <message>
   <source>No money was taken</source>
   <translation>Денег не брали</translation>
  </message>
  <message>
   <source>Noted: the kitchen was told</source>
   <translation>Отмечено: кухне сказали</translation>
  </message>
  <message>
   <source>Noted: the receipt is made</source>
   <translation>Записано: чек пробит</translation>
  </message>
  <message>
   <source>Nothing here</source>
   <translation>Здесь пусто</translation>
  </message>
  <message>
   <source>Nothing needs a decision. Tap a row to see more</source>
   <translation>Решать ничего не нужно. Выберите строку, чтобы увидеть больше</translation>
  </message>
  <message>
   <source>Nothing of the old is printed</source>
   <translation>Старое не печатается</translation>
  </message>
  <message>
   <source>Nothing waits for the network</source>
   <translation>Ничего не ждёт связи</translation>
  </message>
  <message>
   <source>Offline</source>
   <translation>Нет связи</translation>
  </message>
  <message>
   <source>Offline, last exchange {time}</source>
   <translation>Нет связи с {time}</translation>
  </message>
  <message>
   <source>Online</source>
   <translation>В сети</translation>
  </message>
  <message>
   <source>Online, exchange {time}</source>
   <translation>В сети, обмен {time}</translation>
  </message>
  <message>
   <source>Operation</source>
   <translation>Операция</translation>
  </message>
  <message>
   <source>Other tabs have rows</source>
   <translation>Строки есть на других вкладках</translation>
  </message>
  <message>
   <source>Send now</source>
   <translation>Отправить сейчас</translation>
  </message>
  <message>
   <source>Sending everything that waits</source>
   <translation>Отправляем всё, что ждёт</translation>
  </message>
  <message>
   <source>Sent another way</source>
   <translation>Передано иначе</translation>
  </message>
  <message>
   <source>Sent {sent} of {whole}</source>
   <translation>Отправлено {sent} из {whole}</translation>
  </message>
  <message>
   <source>State</source>
   <translation>Состояние</translation>
  </message>
  <message>
   <source>Sum</source>
   <translation>Сумма</translation>
  </message>
  <message>
   <source>The guest agreed</source>
   <translation>Гость согласен</translation>
  </message>
  <message>
   <source>The other side</source>
   <translation>Состояние</translation>
  </message>
  <message>
   <source>The receipt is being made</source>
   <translation>Чек пробивается</translation>
  </message>
  <message>
   <source>The register closes its shift and opens the next one</source>
   <translation>Касса закрывает смену и открывает следующую</translation>
  </message>
  <message>
   <source>The register does it by itself as soon as it can.</source>
   <translation>Касса пробьёт сама, как только сможет.</translation>
  </message>
  <message>
   <source>The register works on it.</source>
   <translation>Касса работает над документом.</translation>
  </message>
  <message>
   <source>The ticket is printed here. Carry it to the kitchen</source>
   <translation>Печатаем здесь. Отнесите на кухню</translation>
  </message>
  <message>
   <source>Time</source>
   <translation>Время</translation>
  </message>
  <message>
   <source>To decide</source>
   <translation>Решить</translation>
  </message>
  <message>
   <source>Waiting</source>
   <translation>Ждут</translation>
  </message>
  <message>
   <source>What is to be done?</source>
   <translation>Что сделать?</translation>
  </message>
  <message>
   <source>Why</source>
   <translation>Почему</translation>
  </message>
  <message>
   <source>not tried yet</source>
   <translation>ещё не отправляли</translation>
  </message>
  <message>
   <source>senior</source>
   <translation>ПИН старшего</translation>
  </message>
  <message>
   <source>stored</source>
   <translation>сохранено</translation>
  </message>
 </context>
</TS>
