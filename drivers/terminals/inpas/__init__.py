"""INPAS SmartSale frames over TCP and serial, without DualConnector. Experimental.

The vendor's document is not public. Source named in this package: [Ref 5.4], the reference of protocols,
section 5.4: the frame, the check sum and some fields are marked [V*] there (seen in a public client);
fields and operations marked [U] are general knowledge, so each has a setting. A bank must certify it
before it takes money.
"""
