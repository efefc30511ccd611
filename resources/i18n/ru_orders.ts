<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru" sourcelanguage="en">
 <context>
  <name>till</name>
  <message numerus="yes">
   <source>%n orders</source>
   <translation>
    <numerusform>%n заказ</numerusform>
    <numerusform>%n заказа</numerusform>
    <numerusform>%n заказов</numerusform>
   </translation>
  </message>
  <message>
   <source>A refund is not finished.</source>
   <translation>Возврат не завершён.</translation>
  </message>
  <message>
   <source>A senior is needed.</source>
   <translation>Нужен старший.</translation>
  </message>
  <message>
   <source>All orders are paid</source>
   <translation>Все заказы оплачены</translation>
  </message>
  <message>
   <source>All {count}</source>
   <translation>Все {count}</translation>
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
   <source>By SBP</source>
   <translation>По СБП</translation>
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
   <source>Cashier</source>
   <translation>Кассир</translation>
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
   <source>Content</source>
   <translation>Состав</translation>
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
   <source>Give back in cash</source>
   <translation>Вернуть наличными</translation>
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
   <source>Given back by SBP</source>
   <translation>Возвращено по СБП</translation>
  </message>
  <message>
   <source>Given back to the card</source>
   <translation>Деньги вернутся на карту</translation>
  </message>
  <message>
   <source>Guest</source>
   <translation>Гость</translation>
  </message>
  <message>
   <source>Hand out</source>
   <translation>Отдайте гостю</translation>
  </message>
  <message>
   <source>In all {count} for {sum}</source>
   <translation>Всего {count} на {sum}</translation>
  </message>
  <message>
   <source>In cash</source>
   <translation>Наличными</translation>
  </message>
  <message>
   <source>In the drawer</source>
   <translation>В ящике</translation>
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
   <source>Look for something else or at all days</source>
   <translation>Измените поиск или посмотрите все дни</translation>
  </message>
  <message>
   <source>No orders yet</source>
   <translation>Заказов пока нет</translation>
  </message>
  <message>
   <source>No.</source>
   <translation>№</translation>
  </message>
  <message>
   <source>No., sum, phone or name</source>
   <translation>№, сумма, телефон или имя</translation>
  </message>
  <message>
   <source>Nothing found</source>
   <translation>Ничего не нашлось</translation>
  </message>
  <message>
   <source>On the card</source>
   <translation>Станет на счёте</translation>
  </message>
  <message>
   <source>Open the order</source>
   <translation>Открыть заказ</translation>
  </message>
  <message>
   <source>Open {count}</source>
   <translation>Открытые {count}</translation>
  </message>
  <message>
   <source>Order {number}</source>
   <translation>Заказ {number}</translation>
  </message>
  <message>
   <source>Paid orders</source>
   <translation>Оплаченные</translation>
  </message>
  <message>
   <source>Paid: {parts}</source>
   <translation>Оплачен: {parts}</translation>
  </message>
  <message>
   <source>Points</source>
   <translation>Баллы</translation>
  </message>
  <message>
   <source>Points: {name}</source>
   <translation>Баллы: {name}</translation>
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
   <source>Sales of this till stand here</source>
   <translation>Здесь появятся продажи этой кассы</translation>
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
   <source>Status</source>
   <translation>Статус</translation>
  </message>
  <message>
   <source>Sum</source>
   <translation>Сумма</translation>
  </message>
  <message>
   <source>The PIN is asked for after the red button.</source>
   <translation>ПИН спросим после красной кнопки.</translation>
  </message>
  <message>
   <source>The bank gives the money back…</source>
   <translation>Банк возвращает деньги…</translation>
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
   <source>The receipt is being made</source>
   <translation>Чек пробивается</translation>
  </message>
  <message>
   <source>The receipt is made</source>
   <translation>Чек пробит</translation>
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
   <source>Time</source>
   <translation>Время</translation>
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
   <source>Today</source>
   <translation>Сегодня</translation>
  </message>
  <message>
   <source>Today {count} for {sum}</source>
   <translation>Сегодня {count} на {sum}</translation>
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
   <source>With a refund</source>
   <translation>С возвратом</translation>
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
