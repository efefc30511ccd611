<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru" sourcelanguage="en">
 <context>
  <name>till</name>
  <message>
   <source>Discount</source>
   <translation>Скидка</translation>
  </message>
  <message>
   <source>Hello!</source>
   <translation>Здравствуйте!</translation>
  </message>
  <message>
   <source>Hello, {name}!</source>
   <translation>{name}, здравствуйте!</translation>
  </message>
  <message>
   <source>On your card</source>
   <translation>На счёте</translation>
  </message>
  <message>
   <source>Order {number}</source>
   <translation>Заказ {number}</translation>
  </message>
  <message>
   <source>Pay by phone</source>
   <translation>Оплата по СБП</translation>
  </message>
  <message>
   <source>Point the camera at it or tell the cashier your phone</source>
   <translation>Наведите камеру или назовите кассиру телефон</translation>
  </message>
  <message>
   <source>Point the phone's camera at it
or open the bank's app</source>
   <translation>Наведите камеру телефона
или откройте приложение банка</translation>
  </message>
  <message>
   <source>Points</source>
   <translation>Баллы</translation>
  </message>
  <message>
   <source>Points are added later</source>
   <translation>Баллы начислим позже</translation>
  </message>
  <message>
   <source>Points from the first cup</source>
   <translation>Баллы с первой чашки</translation>
  </message>
  <message>
   <source>Points left</source>
   <translation>Останется баллов</translation>
  </message>
  <message>
   <source>Points on your card</source>
   <translation>Баллов на карте</translation>
  </message>
  <message>
   <source>Test of the guest's display</source>
   <translation>Проверка экрана покупателя</translation>
  </message>
  <message>
   <source>Thank you!</source>
   <translation>Спасибо!</translation>
  </message>
  <message>
   <source>Thank you, {name}!</source>
   <translation>Спасибо, {name}!</translation>
  </message>
  <message>
   <source>To pay</source>
   <translation>К оплате</translation>
  </message>
  <message>
   <source>To «{name}» {sum}</source>
   <translation>До уровня «{name}» {sum}</translation>
  </message>
  <message>
   <source>Waiting for the payment, {time}</source>
   <translation>Ждём оплату, {time}</translation>
  </message>
  <message>
   <source>Welcome!</source>
   <translation>Добро пожаловать!</translation>
  </message>
  <message>
   <source>Your card on the phone</source>
   <translation>Карта в телефоне</translation>
  </message>
  <message>
   <source>Your change</source>
   <translation>Ваша сдача</translation>
  </message>
  <message>
   <source>Your tier: {name}</source>
   <translation>Ваш уровень: {name}</translation>
  </message>
  <message numerus="yes">
   <source>and %n earlier</source>
   <translation>
    <numerusform>и ещё %n позиция выше</numerusform>
    <numerusform>и ещё %n позиции выше</numerusform>
    <numerusform>и ещё %n позиций выше</numerusform>
   </translation>
  </message>
  <message>
   <source>discount {percent}</source>
   <translation>скидка {percent}</translation>
  </message>
  <message>
   <source>points</source>
   <translation>баллов</translation>
  </message>
  <message>
   <source>points, {gained} for the order</source>
   <translation>баллов, {gained} за заказ</translation>
  </message>
  <message>
   <source>{points} for this order</source>
   <translation>{points} за этот заказ</translation>
  </message>
 </context>
</TS>
