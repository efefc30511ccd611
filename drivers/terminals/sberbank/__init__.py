"""Sberbank's terminals by the exchange of files: `loadparm.exe` (Windows) or `sb_pilot` (Linux).

Sources named in this package:

* [Clients] operations and lines of the file `e` as several public clients use them, not the bank's own
  document;
* [UPOS] the lists of result codes in public clients of the same library.
"""
