<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru" sourcelanguage="en">
 <context>
  <name>till</name>
  <message>
   <source>Accept</source>
   <translation>Принять</translation>
  </message>
  <message>
   <source>All that remains</source>
   <translation>Весь остаток</translation>
  </message>
  <message>
   <source>Asking…</source>
   <translation>Спрашиваем…</translation>
  </message>
  <message>
   <source>Back</source>
   <translation>Назад</translation>
  </message>
  <message>
   <source>By SBP</source>
   <translation>По СБП</translation>
  </message>
  <message>
   <source>By card</source>
   <translation>Картой</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>Отменить</translation>
  </message>
  <message>
   <source>Cancel on the terminal</source>
   <translation>Отменить на терминале</translation>
  </message>
  <message>
   <source>Card</source>
   <translation>Карта</translation>
  </message>
  <message>
   <source>Cash</source>
   <translation>Наличные</translation>
  </message>
  <message>
   <source>Change</source>
   <translation>Сдача</translation>
  </message>
  <message>
   <source>Check the payment</source>
   <translation>Проверить оплату</translation>
  </message>
  <message>
   <source>Clear</source>
   <translation>Стереть</translation>
  </message>
  <message>
   <source>Code on paper</source>
   <translation>Код на чеке</translation>
  </message>
  <message>
   <source>Copy of the receipt</source>
   <translation>Копия чека</translation>
  </message>
  <message>
   <source>Details for support: {text}</source>
   <translation>Подробности для поддержки: {text}</translation>
  </message>
  <message>
   <source>Each part is stored already. Money that was taken is not lost without a network.</source>
   <translation>Каждая часть уже сохранена. Если связь пропадёт, принятые деньги не потеряются.</translation>
  </message>
  <message>
   <source>Exact sum, {sum}</source>
   <translation>Без сдачи, {sum}</translation>
  </message>
  <message>
   <source>Gift
card</source>
   <translation>Подарочная
карта</translation>
  </message>
  <message>
   <source>Give {sum} back</source>
   <translation>Вернуть {sum}</translation>
  </message>
  <message>
   <source>Guest's phone for the receipt</source>
   <translation>Телефон гостя для чека</translation>
  </message>
  <message>
   <source>In cash</source>
   <translation>Наличными</translation>
  </message>
  <message>
   <source>Kitchen</source>
   <translation>Кухня</translation>
  </message>
  <message>
   <source>Missing</source>
   <translation>Не хватает</translation>
  </message>
  <message>
   <source>Money may have moved. Find out first</source>
   <translation>Деньги могли списаться. Сначала проверьте</translation>
  </message>
  <message>
   <source>Next guest</source>
   <translation>Следующий гость</translation>
  </message>
  <message>
   <source>Order {number}</source>
   <translation>Заказ {number}</translation>
  </message>
  <message>
   <source>Paid</source>
   <translation>Оплачено</translation>
  </message>
  <message>
   <source>Paid by this slip</source>
   <translation>Оплачено по слипу</translation>
  </message>
  <message>
   <source>Payment</source>
   <translation>Оплата</translation>
  </message>
  <message>
   <source>Payment by SBP</source>
   <translation>Оплата по СБП</translation>
  </message>
  <message>
   <source>Payment is not finished</source>
   <translation>Оплата не завершена</translation>
  </message>
  <message>
   <source>Points</source>
   <translation>Баллы</translation>
  </message>
  <message>
   <source>Points: {earned}</source>
   <translation>Баллы: {earned}</translation>
  </message>
  <message>
   <source>Points: {spent}, {earned}</source>
   <translation>Баллы: {spent}, {earned}</translation>
  </message>
  <message>
   <source>Present the card to the terminal</source>
   <translation>Приложите карту к терминалу</translation>
  </message>
  <message>
   <source>RRN from the slip, 12 digits</source>
   <translation>RRN со слипа, 12 цифр</translation>
  </message>
  <message>
   <source>Receipt</source>
   <translation>Чек</translation>
  </message>
  <message>
   <source>Receipt and printing</source>
   <translation>Чек и печать</translation>
  </message>
  <message>
   <source>Received</source>
   <translation>Получено</translation>
  </message>
  <message>
   <source>Received {received}, order {due}</source>
   <translation>Получено {received}, заказ {due}</translation>
  </message>
  <message>
   <source>Remaining</source>
   <translation>Осталось</translation>
  </message>
  <message>
   <source>SBP</source>
   <translation>СБП</translation>
  </message>
  <message>
   <source>Sale</source>
   <translation>Продажа</translation>
  </message>
  <message>
   <source>Send the receipt</source>
   <translation>Отправить чек</translation>
  </message>
  <message>
   <source>Several
tenders</source>
   <translation>Несколько
способов</translation>
  </message>
  <message>
   <source>Stay here, {seconds} s</source>
   <translation>Остаться здесь, {seconds} с</translation>
  </message>
  <message>
   <source>Stopping…</source>
   <translation>Отменяем…</translation>
  </message>
  <message>
   <source>The code is being printed</source>
   <translation>Код печатается</translation>
  </message>
  <message>
   <source>The copy is being printed</source>
   <translation>Копия чека печатается</translation>
  </message>
  <message>
   <source>The guest scans the code with the phone's camera or in the bank's app</source>
   <translation>Гость сканирует код камерой телефона или в приложении банка</translation>
  </message>
  <message>
   <source>The money is received. What about the kitchen?</source>
   <translation>Деньги получены. Что с кухней?</translation>
  </message>
  <message>
   <source>The money is received. What about the receipt?</source>
   <translation>Деньги получены. Что с чеком?</translation>
  </message>
  <message>
   <source>The order is paid</source>
   <translation>Заказ оплачен</translation>
  </message>
  <message>
   <source>The receipt stays in the queue. You are reminded in 10 minutes and at closing.</source>
   <translation>Чек останется в «Очереди». Касса напомнит о нём через 10 минут и перед закрытием смены.</translation>
  </message>
  <message>
   <source>The rest otherwise</source>
   <translation>Остаток другим способом</translation>
  </message>
  <message>
   <source>The terminal works, {time}</source>
   <translation>Терминал работает, {time}</translation>
  </message>
  <message>
   <source>The ticket stays in the queue until the kitchen has the order.</source>
   <translation>Заказ остаётся в «Очереди», пока кухня его не получит.</translation>
  </message>
  <message>
   <source>To pay</source>
   <translation>К оплате</translation>
  </message>
  <message>
   <source>Waiting for the payment, {time}</source>
   <translation>Ждём оплату, {time}</translation>
  </message>
  <message>
   <source>What next?</source>
   <translation>Что дальше?</translation>
  </message>
  <message>
   <source>not connected</source>
   <translation>не подключено</translation>
  </message>
  <message>
   <source>senior's PIN</source>
   <translation>ПИН старшего</translation>
  </message>
  <message>
   <source>taken</source>
   <translation>принято</translation>
  </message>
 </context>
</TS>
