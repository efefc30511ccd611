<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru" sourcelanguage="en">
 <context>
  <name>till</name>
  <message numerus="yes">
   <source>%n more</source>
   <translation>
    <numerusform>ещё %n</numerusform>
    <numerusform>ещё %n</numerusform>
    <numerusform>ещё %n</numerusform>
   </translation>
  </message>
  <message>
   <source>Back</source>
   <translation>Назад</translation>
  </message>
  <message>
   <source>Clear</source>
   <translation>Стереть</translation>
  </message>
  <message>
   <source>Delete the line</source>
   <translation>Удалить строку</translation>
  </message>
  <message>
   <source>Discount on the line</source>
   <translation>Скидка на строку</translation>
  </message>
  <message>
   <source>Done</source>
   <translation>Готово</translation>
  </message>
  <message>
   <source>Erase</source>
   <translation>Стереть символ</translation>
  </message>
  <message>
   <source>Forgot?</source>
   <translation>Забыли?</translation>
  </message>
  <message>
   <source>Modifiers</source>
   <translation>Добавки</translation>
  </message>
  <message>
   <source>Next</source>
   <translation>Далее</translation>
  </message>
  <message>
   <source>No guest</source>
   <translation>Без гостя</translation>
  </message>
  <message>
   <source>Note</source>
   <translation>Заметка</translation>
  </message>
  <message>
   <source>One less</source>
   <translation>Меньше на один</translation>
  </message>
  <message>
   <source>One more</source>
   <translation>Больше на один</translation>
  </message>
  <message>
   <source>Order lines</source>
   <translation>Строки заказа</translation>
  </message>
  <message>
   <source>Scan the marking code</source>
   <translation>Отсканируйте код маркировки</translation>
  </message>
  <message>
   <source>Sending…</source>
   <translation>Отправляем…</translation>
  </message>
  <message>
   <source>sold out</source>
   <translation>закончилось</translation>
  </message>
  <message>
   <source>space</source>
   <translation>пробел</translation>
  </message>
  <message>
   <source>stop</source>
   <translation>стоп</translation>
  </message>
  <message>
   <source>{count} more</source>
   <translation>Ещё {count}</translation>
  </message>
 </context>
</TS>
