"""Ways bytes travel to a device: serial line, TCP, file; and transcripts of them."""
