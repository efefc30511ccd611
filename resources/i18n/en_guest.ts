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
  <message numerus="yes">
   <source>data from %n days ago</source>
   <translation>
    <numerusform>data from %n day ago</numerusform>
    <numerusform>data from %n days ago</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>data from %n h ago</source>
   <translation>
    <numerusform>data from %n h ago</numerusform>
    <numerusform>data from %n h ago</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>data from %n min ago</source>
   <translation>
    <numerusform>data from %n min ago</numerusform>
    <numerusform>data from %n min ago</numerusform>
   </translation>
  </message>
 </context>
</TS>
