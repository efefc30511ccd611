"""Receipts: one document, templates, and its drawings (printer's elements, picture, page, PDF).

    JSON -> reading -> ReceiptDocument -> compose (template) -> PrintDocument -> layout (columns) -> lines
                                                                                                    |
                                             EscposEncoder | picture | page (HTML) | sheet (PDF) <--'

No device is touched here; reading, templates and composing need nothing but the standard library.
"""
