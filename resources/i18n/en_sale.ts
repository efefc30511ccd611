<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
 <context>
  <name>till</name>
  <message numerus="yes">
   <source>%n lines</source>
   <translation>
    <numerusform>%n line</numerusform>
    <numerusform>%n lines</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n waiting</source>
   <translation>
    <numerusform>%n waiting</numerusform>
    <numerusform>%n waiting</numerusform>
   </translation>
  </message>
 </context>
</TS>
