"""SBP through the open API of Raiffeisenbank.

Sources named in this package:

* [API] the bank's OpenAPI document, github.com/Raiffeisen-DGTL/ecom-API, sbp.yaml;
* [SDK] github.com/Raiffeisen-DGTL/sbp-sdk-java, how a notice's signature is checked;
* [Clients] public clients of the same bank.
"""
