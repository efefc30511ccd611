"""The HTTP edge: reading requests, answering problems, the table of calls, the application."""
