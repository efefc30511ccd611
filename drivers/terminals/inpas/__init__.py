"""INPAS SmartSale frames over TCP and serial, without DualConnector. Experimental.

The vendor's document is not public. Source named in this package: [Clients], the frame,
the check sum and the fields that public clients of it use. Fields and operations marked (unconfirmed) are
general knowledge, so each has a setting. A bank must certify it
before it takes money.
"""
