"""Sberbank's terminals by the exchange of files: `loadparm.exe` (Windows) or `sb_pilot` (Linux).

Sources named in this package:

* [Ref 5.3] the reference of protocols, section 5.3 (operations, lines of the file `e`), made of several
  public clients; marked [V*] there, not the bank's own document;
* [UPOS] the lists of result codes in public clients of the same library.
"""
