"""Byte pipes to devices: TCP, serial line, file or device node, and recorded transcripts."""
