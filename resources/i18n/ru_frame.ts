<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru" sourcelanguage="en">
 <context>
  <name>till</name>
  <message>
   <source>A barcode, a guest card or a QR code</source>
   <translation>Штрихкод, карту гостя или QR</translation>
  </message>
  <message>
   <source>Allow</source>
   <translation>Разрешить</translation>
  </message>
  <message>
   <source>Available {points}</source>
   <translation>Доступно {points}</translation>
  </message>
  <message>
   <source>Back to products</source>
   <translation>Назад к товарам</translation>
  </message>
  <message>
   <source>Choose a product</source>
   <translation>Выберите товар</translation>
  </message>
  <message>
   <source>Close</source>
   <translation>Закрыть</translation>
  </message>
  <message>
   <source>Decide</source>
   <translation>Решите</translation>
  </message>
  <message>
   <source>Digits entered: {count}</source>
   <translation>Введено цифр: {count}</translation>
  </message>
  <message>
   <source>Discount</source>
   <translation>Скидка</translation>
  </message>
  <message>
   <source>Exchange error</source>
   <translation>Ошибка обмена</translation>
  </message>
  <message>
   <source>Find</source>
   <translation>Найти</translation>
  </message>
  <message>
   <source>Got it</source>
   <translation>Понятно</translation>
  </message>
  <message>
   <source>Guest</source>
   <translation>Гость</translation>
  </message>
  <message>
   <source>Hold a card or a QR code to the scanner</source>
   <translation>Поднесите карту или QR</translation>
  </message>
  <message>
   <source>If the guest has been here before</source>
   <translation>Если гость уже был</translation>
  </message>
  <message>
   <source>Messages, unread: {count}</source>
   <translation>Сообщения, не прочитано: {count}</translation>
  </message>
  <message>
   <source>More</source>
   <translation>Ещё</translation>
  </message>
  <message>
   <source>New</source>
   <translation>Новый</translation>
  </message>
  <message>
   <source>New order</source>
   <translation>Новый заказ</translation>
  </message>
  <message>
   <source>Offline</source>
   <translation>Нет связи</translation>
  </message>
  <message>
   <source>On hold</source>
   <translation>Отложено</translation>
  </message>
  <message>
   <source>Online</source>
   <translation>В сети</translation>
  </message>
  <message>
   <source>Open the queue</source>
   <translation>Открыть очередь</translation>
  </message>
  <message>
   <source>Or scan</source>
   <translation>Или отсканируйте</translation>
  </message>
  <message>
   <source>Order menu</source>
   <translation>Меню заказа</translation>
  </message>
  <message>
   <source>Order {number}</source>
   <translation>Заказ {number}</translation>
  </message>
  <message numerus="yes">
   <source>Order, %n lines</source>
   <translation>
    <numerusform>Заказ, %n позиция</numerusform>
    <numerusform>Заказ, %n позиции</numerusform>
    <numerusform>Заказ, %n позиций</numerusform>
   </translation>
  </message>
  <message>
   <source>Orders</source>
   <translation>Заказы</translation>
  </message>
  <message>
   <source>Orders on hold</source>
   <translation>Отложенные заказы</translation>
  </message>
  <message>
   <source>Paid</source>
   <translation>Оплачено</translation>
  </message>
  <message>
   <source>Pay</source>
   <translation>Оплатить</translation>
  </message>
  <message>
   <source>Points</source>
   <translation>Баллы</translation>
  </message>
  <message>
   <source>Points, {count}</source>
   <translation>Баллы, {count}</translation>
  </message>
  <message>
   <source>Printed at: {name}</source>
   <translation>Напечатано: {name}</translation>
  </message>
  <message>
   <source>Quick</source>
   <translation>Быстрая</translation>
  </message>
  <message>
   <source>Repeat the last order</source>
   <translation>Повторить прошлый заказ</translation>
  </message>
  <message>
   <source>Rounding</source>
   <translation>Округление</translation>
  </message>
  <message>
   <source>Sale</source>
   <translation>Продажа</translation>
  </message>
  <message>
   <source>Search</source>
   <translation>Поиск</translation>
  </message>
  <message>
   <source>Shift</source>
   <translation>Смена</translation>
  </message>
  <message>
   <source>Sold out. Remove it or keep it</source>
   <translation>Закончилось. Удалите или оставьте</translation>
  </message>
  <message>
   <source>Subtotal</source>
   <translation>Сумма</translation>
  </message>
  <message>
   <source>Supervisor's PIN</source>
   <translation>ПИН старшего</translation>
  </message>
  <message>
   <source>Tables</source>
   <translation>Столы</translation>
  </message>
  <message>
   <source>Tap a tile on the left</source>
   <translation>Нажмите плитку слева</translation>
  </message>
  <message>
   <source>The kitchen has not got it</source>
   <translation>Кухня не получила</translation>
  </message>
  <message>
   <source>The register printed no report</source>
   <translation>Касса не напечатала отчёт</translation>
  </message>
  <message>
   <source>Training</source>
   <translation>Учебный режим</translation>
  </message>
  <message>
   <source>administrator</source>
   <translation>администратор</translation>
  </message>
  <message>
   <source>by hand</source>
   <translation>вручную</translation>
  </message>
  <message>
   <source>cashier</source>
   <translation>кассир</translation>
  </message>
  <message>
   <source>discount {percent}</source>
   <translation>скидка {percent}</translation>
  </message>
  <message>
   <source>exchange {time}</source>
   <translation>обмен {time}</translation>
  </message>
  <message>
   <source>help is needed</source>
   <translation>нужна помощь</translation>
  </message>
  <message>
   <source>kitchen</source>
   <translation>кухня</translation>
  </message>
  <message>
   <source>manager</source>
   <translation>управляющий</translation>
  </message>
  <message>
   <source>nothing is real</source>
   <translation>всё понарошку</translation>
  </message>
  <message>
   <source>owner</source>
   <translation>владелец</translation>
  </message>
  <message>
   <source>sale</source>
   <translation>продажа</translation>
  </message>
  <message>
   <source>since {time}</source>
   <translation>с {time}</translation>
  </message>
  <message>
   <source>waiter</source>
   <translation>официант</translation>
  </message>
  <message>
   <source>{role} · till {number}</source>
   <translation>{role} · касса {number}</translation>
  </message>
  <message>
   <source>−{percent}</source>
   <translation>−{percent}</translation>
  </message>
 </context>
</TS>
