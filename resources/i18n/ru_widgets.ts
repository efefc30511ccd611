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
   <source>Clear</source>
   <translation>Стереть</translation>
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
   <source>Next</source>
   <translation>Далее</translation>
  </message>
  <message>
   <source>Sending…</source>
   <translation>Отправляем…</translation>
  </message>
 </context>
</TS>
