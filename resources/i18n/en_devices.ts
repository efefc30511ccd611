<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
 <context>
  <name>till</name>
  <message numerus="yes">
   <source>%n characters a line</source>
   <translation>
    <numerusform>%n character a line</numerusform>
    <numerusform>%n characters a line</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n devices need a look</source>
   <translation>
    <numerusform>%n device needs a look</numerusform>
    <numerusform>%n devices need a look</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n ready</source>
   <translation>
    <numerusform>%n ready</numerusform>
    <numerusform>%n ready</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n silent</source>
   <translation>
    <numerusform>%n silent</numerusform>
    <numerusform>%n silent</numerusform>
   </translation>
  </message>
  <message numerus="yes">
   <source>%n to look at</source>
   <translation>
    <numerusform>%n to look at</numerusform>
    <numerusform>%n to look at</numerusform>
   </translation>
  </message>
 </context>
</TS>
