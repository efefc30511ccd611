<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
 <context>
  <name>till</name>
  <message numerus="yes">
   <source>%n orders</source>
   <translation>
    <numerusform>%n order</numerusform>
    <numerusform>%n orders</numerusform>
   </translation>
  </message>
 </context>
</TS>
