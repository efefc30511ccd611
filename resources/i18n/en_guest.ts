<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
 <context>
  <name>till</name>
  <message numerus="yes">
   <source>%n on this till</source>
   <translation>
    <numerusform>%n on this till</numerusform>
    <numerusform>%n on this till</numerusform>
   </translation>
  </message>
 </context>
</TS>
