<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ru" sourcelanguage="en">
 <context>
  <name>till</name>
  <message>
   <source>A shift may be opened
with warnings, too</source>
   <translation>Смену можно открыть
и с предупреждениями</translation>
  </message>
  <message>
   <source>As left at closing, {sum}</source>
   <translation>Как при закрытии, {sum}</translation>
  </message>
  <message>
   <source>Back</source>
   <translation>Назад</translation>
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
   <source>No float</source>
   <translation>Без размена</translation>
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
   <source>Open the shift</source>
   <translation>Открыть смену</translation>
  </message>
  <message>
   <source>Open the shift first, then scan</source>
   <translation>Сначала откройте смену, потом сканируйте</translation>
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
   <source>The till is checked</source>
   <translation>Касса проверена</translation>
  </message>
 </context>
</TS>
