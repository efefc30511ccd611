<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru" sourcelanguage="en">
 <context>
  <name>till</name>
  <message numerus="yes">
   <source>%n open orders go into the next shift.</source>
   <translation>
    <numerusform>%n открытый заказ перейдёт в следующую смену.</numerusform>
    <numerusform>%n открытых заказа перейдут в следующую смену.</numerusform>
    <numerusform>%n открытых заказов перейдут в следующую смену.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n operations will be sent later.</source>
   <translation>
    <numerusform>%n операция отправится позже.</numerusform>
    <numerusform>%n операции отправятся позже.</numerusform>
    <numerusform>%n операций отправятся позже.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n receipts will be printed later.</source>
   <translation>
    <numerusform>%n чек напечатаем позже.</numerusform>
    <numerusform>%n чека напечатаем позже.</numerusform>
    <numerusform>%n чеков напечатаем позже.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n refunds</source>
   <translation>
    <numerusform>%n возврат</numerusform>
    <numerusform>%n возврата</numerusform>
    <numerusform>%n возвратов</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n sales</source>
   <translation>
    <numerusform>%n чек</numerusform>
    <numerusform>%n чека</numerusform>
    <numerusform>%n чеков</numerusform>
   </translation>
  </message>
  <message>
   <source>A shift may be opened
with warnings, too</source>
   <translation>Смену можно открыть
и с предупреждениями</translation>
  </message>
  <message>
   <source>All cash is there</source>
   <translation>Сошлось</translation>
  </message>
  <message>
   <source>An order is being paid. Finish it first.</source>
   <translation>Заказ оплачивается. Сначала завершите его.</translation>
  </message>
  <message>
   <source>As left at closing, {sum}</source>
   <translation>Как при закрытии, {sum}</translation>
  </message>
  <message>
   <source>Average sale</source>
   <translation>Средний чек</translation>
  </message>
  <message>
   <source>Back</source>
   <translation>Назад</translation>
  </message>
  <message>
   <source>Cash</source>
   <translation>Наличные</translation>
  </message>
  <message>
   <source>Cash in the drawer</source>
   <translation>Наличные в ящике</translation>
  </message>
  <message>
   <source>Cash is missing</source>
   <translation>Не хватает</translation>
  </message>
  <message>
   <source>Cash put in</source>
   <translation>Внесено</translation>
  </message>
  <message>
   <source>Change from the bank</source>
   <translation>Размен из банка</translation>
  </message>
  <message>
   <source>Close the shift</source>
   <translation>Закрыть смену</translation>
  </message>
  <message>
   <source>Close without them</source>
   <translation>Закрыть смену без них</translation>
  </message>
  <message>
   <source>Closing shift {number}</source>
   <translation>Закрытие смены {number}</translation>
  </message>
  <message>
   <source>Count again</source>
   <translation>Пересчитать</translation>
  </message>
  <message>
   <source>Count notes</source>
   <translation>Считать купюры</translation>
  </message>
  <message>
   <source>Counted</source>
   <translation>Посчитано</translation>
  </message>
  <message>
   <source>Done</source>
   <translation>Готово</translation>
  </message>
  <message>
   <source>Enter one sum</source>
   <translation>Ввести одной суммой</translation>
  </message>
  <message>
   <source>Float</source>
   <translation>Размен</translation>
  </message>
  <message>
   <source>Float at the beginning</source>
   <translation>Размен на начало</translation>
  </message>
  <message>
   <source>Float in the cash drawer</source>
   <translation>Размен в денежном ящике</translation>
  </message>
  <message>
   <source>Go on</source>
   <translation>Продолжить</translation>
  </message>
  <message>
   <source>Look at this</source>
   <translation>Обратите внимание</translation>
  </message>
  <message>
   <source>Make them now</source>
   <translation>Пробить сейчас</translation>
  </message>
  <message>
   <source>Missing</source>
   <translation>Не хватает</translation>
  </message>
  <message>
   <source>No float</source>
   <translation>Без размена</translation>
  </message>
  <message>
   <source>No sales yet</source>
   <translation>Продаж пока нет</translation>
  </message>
  <message>
   <source>Notes and coins in the drawer</source>
   <translation>Купюры и монеты в ящике</translation>
  </message>
  <message>
   <source>Open a shift</source>
   <translation>Открыть смену</translation>
  </message>
  <message>
   <source>Open shift {number}</source>
   <translation>Открыть смену {number}</translation>
  </message>
  <message>
   <source>Open since {time}, {hours} h {minutes} min</source>
   <translation>Открыта с {time}, {hours} ч {minutes} мин</translation>
  </message>
  <message>
   <source>Open the drawer</source>
   <translation>Открыть ящик</translation>
  </message>
  <message>
   <source>Open the queue</source>
   <translation>Открыть очередь</translation>
  </message>
  <message>
   <source>Open the shift</source>
   <translation>Открыть смену</translation>
  </message>
  <message>
   <source>Open the shift first, then scan</source>
   <translation>Сначала откройте смену, потом сканируйте</translation>
  </message>
  <message>
   <source>Points</source>
   <translation>Баллы</translation>
  </message>
  <message>
   <source>Print</source>
   <translation>Печать</translation>
  </message>
  <message>
   <source>Purchase for the cafe</source>
   <translation>Закупка для кафе</translation>
  </message>
  <message>
   <source>Put cash in</source>
   <translation>Внести наличные</translation>
  </message>
  <message>
   <source>Put in</source>
   <translation>Внести</translation>
  </message>
  <message>
   <source>Reason</source>
   <translation>Причина</translation>
  </message>
  <message>
   <source>Recorded</source>
   <translation>Записано</translation>
  </message>
  <message>
   <source>Refunds</source>
   <translation>Возвраты</translation>
  </message>
  <message>
   <source>Revenue</source>
   <translation>Выручка</translation>
  </message>
  <message>
   <source>Sales by the hour</source>
   <translation>Чеки по часам</translation>
  </message>
  <message>
   <source>Sales less refunds</source>
   <translation>Продажи за вычетом возвратов</translation>
  </message>
  <message>
   <source>Save as a page and a PDF</source>
   <translation>Сохранить HTML и PDF</translation>
  </message>
  <message>
   <source>Shift</source>
   <translation>Смена</translation>
  </message>
  <message>
   <source>Shift {number}</source>
   <translation>Смена {number}</translation>
  </message>
  <message>
   <source>Shift {number} is open</source>
   <translation>Смена {number} открыта</translation>
  </message>
  <message>
   <source>Shift {number} is open already</source>
   <translation>Смена {number} уже открыта</translation>
  </message>
  <message>
   <source>Should be there</source>
   <translation>Должно быть</translation>
  </message>
  <message>
   <source>Sum</source>
   <translation>Сумма</translation>
  </message>
  <message>
   <source>Take cash out</source>
   <translation>Изъять наличные</translation>
  </message>
  <message>
   <source>Take out</source>
   <translation>Изъять</translation>
  </message>
  <message>
   <source>Taken out</source>
   <translation>Изъято</translation>
  </message>
  <message>
   <source>The money of these sales is received. The register makes their receipts yet.</source>
   <translation>Деньги за эти продажи получены. Чеки ещё можно пробить.</translation>
  </message>
  <message>
   <source>The report is being printed</source>
   <translation>Отчёт печатается</translation>
  </message>
  <message>
   <source>The report is saved.</source>
   <translation>Отчёт сохранён.</translation>
  </message>
  <message>
   <source>The shift can be closed with a difference; it is recorded.</source>
   <translation>Смену можно закрыть с разницей, она сохранится в отчёте.</translation>
  </message>
  <message>
   <source>The shift is closed. To sign in</source>
   <translation>Смена закрыта. Ко входу</translation>
  </message>
  <message>
   <source>The shift is closed. {sum} is in the drawer</source>
   <translation>Смена закрыта. В ящике {sum}</translation>
  </message>
  <message>
   <source>The till is checked</source>
   <translation>Касса проверена</translation>
  </message>
  <message>
   <source>To the bank</source>
   <translation>В банк</translation>
  </message>
  <message>
   <source>Too much cash</source>
   <translation>Излишек</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>Повторить</translation>
  </message>
  <message>
   <source>Ways to pay</source>
   <translation>Способы оплаты</translation>
  </message>
  <message>
   <source>X report</source>
   <translation>X-отчёт</translation>
  </message>
  <message>
   <source>Z report</source>
   <translation>Z-отчёт</translation>
  </message>
  <message>
   <source>redeemed {sum}</source>
   <translation>списано {sum}</translation>
  </message>
  <message>
   <source>senior's PIN</source>
   <translation>ПИН старшего</translation>
  </message>
 </context>
</TS>
