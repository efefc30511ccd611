"""Receipt printers: layout, ESC/POS encoder, status parser, picture, and their composition."""
