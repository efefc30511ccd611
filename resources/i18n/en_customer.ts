<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
 <context>
  <name>till</name>
  <message numerus="yes">
   <source>and %n earlier</source>
   <translation>
    <numerusform>and %n earlier line</numerusform>
    <numerusform>and %n earlier lines</numerusform>
   </translation>
  </message>
 </context>
</TS>
