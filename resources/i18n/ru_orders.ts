<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru" sourcelanguage="en">
 <context>
  <name>till</name>
  <message numerus="yes">
   <source>%n items</source>
   <translation>
    <numerusform>%n позиция</numerusform>
    <numerusform>%n позиции</numerusform>
    <numerusform>%n позиций</numerusform>
   </translation>
  </message>
  <message>
   <source>A refund is not finished.</source>
   <translation>Возврат не завершён.</translation>
  </message>
  <message>
   <source>Another reason</source>
   <translation>Другая причина</translation>
  </message>
  <message>
   <source>Any sum</source>
   <translation>Произвольная сумма</translation>
  </message>
  <message>
   <source>As it was paid</source>
   <translation>Как оплачено</translation>
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
   <source>Cashier's mistake</source>
   <translation>Ошибка кассира</translation>
  </message>
  <message>
   <source>Check</source>
   <translation>Проверить</translation>
  </message>
  <message>
   <source>Choose what to give back and why</source>
   <translation>Выберите, что вернуть, и причину</translation>
  </message>
  <message>
   <source>Chosen lines</source>
   <translation>Выбранные позиции</translation>
  </message>
  <message>
   <source>Copy of the receipt</source>
   <translation>Копия чека</translation>
  </message>
  <message>
   <source>Discount</source>
   <translation>Скидка</translation>
  </message>
  <message>
   <source>Done</source>
   <translation>Готово</translation>
  </message>
  <message>
   <source>Earned points are taken</source>
   <translation>Отменим начисленные</translation>
  </message>
  <message>
   <source>Gift card</source>
   <translation>Подарочная карта</translation>
  </message>
  <message>
   <source>Give back</source>
   <translation>Вернуть</translation>
  </message>
  <message>
   <source>Give back {sum}</source>
   <translation>Вернуть {sum}</translation>
  </message>
  <message>
   <source>Given back</source>
   <translation>Возвращено</translation>
  </message>
  <message>
   <source>Given back to the card</source>
   <translation>Деньги вернутся на карту</translation>
  </message>
  <message>
   <source>Hand out</source>
   <translation>Отдайте гостю</translation>
  </message>
  <message>
   <source>In cash</source>
   <translation>Наличными</translation>
  </message>
  <message>
   <source>Increase</source>
   <translation>Больше</translation>
  </message>
  <message>
   <source>Less</source>
   <translation>Меньше</translation>
  </message>
  <message>
   <source>No order has this number</source>
   <translation>Такого номера нет</translation>
  </message>
  <message>
   <source>No sales on this till yet</source>
   <translation>На этой кассе пока нет продаж</translation>
  </message>
  <message>
   <source>Number of the order</source>
   <translation>№ заказа</translation>
  </message>
  <message>
   <source>Order {number}</source>
   <translation>Заказ {number}</translation>
  </message>
  <message>
   <source>Orders</source>
   <translation>Заказы</translation>
  </message>
  <message>
   <source>Points</source>
   <translation>Баллы</translation>
  </message>
  <message>
   <source>Quality</source>
   <translation>Качество</translation>
  </message>
  <message>
   <source>Reason</source>
   <translation>Причина</translation>
  </message>
  <message>
   <source>Redeemed points return</source>
   <translation>Вернём списанные баллы</translation>
  </message>
  <message>
   <source>Refund</source>
   <translation>Возврат</translation>
  </message>
  <message>
   <source>Refund is done</source>
   <translation>Возврат оформлен</translation>
  </message>
  <message>
   <source>Refund of order {number}</source>
   <translation>Возврат по заказу {number}</translation>
  </message>
  <message>
   <source>SBP</source>
   <translation>СБП</translation>
  </message>
  <message>
   <source>Show more</source>
   <translation>Показать ещё</translation>
  </message>
  <message>
   <source>Sold out</source>
   <translation>Закончился товар</translation>
  </message>
  <message>
   <source>The copy is being printed</source>
   <translation>Копия чека печатается</translation>
  </message>
  <message>
   <source>The guest refused</source>
   <translation>Отказ гостя</translation>
  </message>
  <message>
   <source>The terminal did not answer. Check it first.</source>
   <translation>Терминал не ответил. Сначала проверьте его.</translation>
  </message>
  <message>
   <source>The terminal is working…</source>
   <translation>Терминал работает…</translation>
  </message>
  <message>
   <source>This order is given back already</source>
   <translation>По этому чеку уже всё вернули</translation>
  </message>
  <message>
   <source>To be given back</source>
   <translation>К возврату</translation>
  </message>
  <message>
   <source>To card {pan}</source>
   <translation>На карту {pan}</translation>
  </message>
  <message>
   <source>Waited too long</source>
   <translation>Долго ждали</translation>
  </message>
  <message>
   <source>What the refund does</source>
   <translation>Итог возврата</translation>
  </message>
  <message>
   <source>Whole order</source>
   <translation>Весь заказ</translation>
  </message>
  <message>
   <source>paid</source>
   <translation>оплачен</translation>
  </message>
  <message>
   <source>refund {sum}</source>
   <translation>возврат {sum}</translation>
  </message>
  <message>
   <source>without a guest</source>
   <translation>без гостя</translation>
  </message>
  <message>
   <source>{guest}, earned</source>
   <translation>{guest}, начислено</translation>
  </message>
 </context>
</TS>
