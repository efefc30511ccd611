<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
 <context>
  <name>till</name>
  <message numerus="yes">
   <source>%n open orders go into the next shift.</source>
   <translation>
    <numerusform>%n open order goes into the next shift.</numerusform>
    <numerusform>%n open orders go into the next shift.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n operations will be sent later.</source>
   <translation>
    <numerusform>%n operation will be sent later.</numerusform>
    <numerusform>%n operations will be sent later.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n receipts will be printed later.</source>
   <translation>
    <numerusform>%n receipt will be printed later.</numerusform>
    <numerusform>%n receipts will be printed later.</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n refunds</source>
   <translation>
    <numerusform>%n refund</numerusform>
    <numerusform>%n refunds</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n sales</source>
   <translation>
    <numerusform>%n sale</numerusform>
    <numerusform>%n sales</numerusform>
   </translation>
  </message>
 </context>
</TS>
