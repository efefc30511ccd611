<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru" sourcelanguage="en">
 <context>
  <name>till</name>
  <message>
   <source>A staff card will do, too</source>
   <translation>Карта сотрудника тоже подойдёт</translation>
  </message>
  <message>
   <source>All staff</source>
   <translation>Все сотрудники</translation>
  </message>
  <message>
   <source>Ask the manager for a new PIN</source>
   <translation>Новый ПИН задаст управляющий</translation>
  </message>
  <message>
   <source>Back to the order</source>
   <translation>Назад к заказу</translation>
  </message>
  <message>
   <source>Choose yourself and enter your PIN</source>
   <translation>Выберите себя и введите ПИН</translation>
  </message>
  <message>
   <source>Choose yourself or present your staff card</source>
   <translation>Выберите себя или приложите карту сотрудника</translation>
  </message>
  <message>
   <source>It is set in the office and reaches the till with the next exchange</source>
   <translation>Его задают в кабинете, на кассу он придёт со следующим обменом</translation>
  </message>
  <message>
   <source>Language</source>
   <translation>Язык</translation>
  </message>
  <message>
   <source>PIN</source>
   <translation>ПИН-код</translation>
  </message>
  <message>
   <source>PIN, {name}</source>
   <translation>ПИН-код, {name}</translation>
  </message>
  <message>
   <source>Shift {number} is open</source>
   <translation>Смена {number} открыта</translation>
  </message>
  <message>
   <source>Sign in first, then scan</source>
   <translation>Сначала войдите, потом сканируйте</translation>
  </message>
  <message>
   <source>Sign in to open it</source>
   <translation>Войдите, чтобы открыть</translation>
  </message>
  <message>
   <source>Support {phone}</source>
   <translation>Поддержка {phone}</translation>
  </message>
  <message>
   <source>The shift is closed</source>
   <translation>Смена закрыта</translation>
  </message>
  <message>
   <source>Too many attempts. Wait {seconds} s</source>
   <translation>Слишком много попыток. Подождите {seconds} с</translation>
  </message>
  <message>
   <source>Who is at the till?</source>
   <translation>Кто за кассой?</translation>
  </message>
  <message>
   <source>administrator</source>
   <translation>администратор</translation>
  </message>
  <message>
   <source>cashier</source>
   <translation>кассир</translation>
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
   <source>owner</source>
   <translation>владелец</translation>
  </message>
  <message>
   <source>since {time}, {name}</source>
   <translation>с {time}, {name}</translation>
  </message>
  <message>
   <source>waiter</source>
   <translation>официант</translation>
  </message>
  <message>
   <source>{register} · version {version}</source>
   <translation>{register} · версия {version}</translation>
  </message>
  <message>
   <source>{role}, has the shift</source>
   <translation>{role}, смена открыта</translation>
  </message>
 </context>
</TS>
