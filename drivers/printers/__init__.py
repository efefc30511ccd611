"""Receipt printers: codec, capabilities, print queue."""
