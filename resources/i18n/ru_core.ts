<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru" sourcelanguage="en">
 <context>
  <name>till</name>
  <message>
   <source>Close</source>
   <translation>Закрыть</translation>
  </message>
  <message>
   <source>The till could not start</source>
   <translation>Касса не запустилась</translation>
  </message>
  <message>
   <source>This till has no such screen</source>
   <translation>На этой кассе нет такого экрана</translation>
  </message>
  <message>
   <source>today</source>
   <translation>сегодня</translation>
  </message>
  <message>
   <source>yesterday</source>
   <translation>вчера</translation>
  </message>
 </context>
</TS>
