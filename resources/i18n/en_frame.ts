<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
 <context>
  <name>till</name>
  <message numerus="yes">
   <source>Order, %n lines</source>
   <translation>
    <numerusform>Order, %n line</numerusform>
    <numerusform>Order, %n lines</numerusform>
   </translation>
  </message>
 </context>
</TS>
