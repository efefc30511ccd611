<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
 <context>
  <name>till</name>
  <message numerus="yes">
   <source>%n tries</source>
   <translation>
    <numerusform>%n try</numerusform>
    <numerusform>%n tries</numerusform>
   </translation>
  </message>
 </context>
</TS>
