"""ZVT, the open German, Austrian and Swiss terminal protocol, over TCP and serial.

Sources named in this package:

* [ZVT] "ECR-Interface ZVT-Protocol", PA00P015, revisions 13.06 and 13.09 (commands, bitmaps, errors);
* [ZVT-T] "ECR-Interface transport protocol", PA00P016 (frames on the wire, time-outs);
* [Portalum] https://github.com/Portalum/Portalum.Zvt, whose tests hold answers of real terminals.
"""
