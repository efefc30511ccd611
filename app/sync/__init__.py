"""Keeping the till and the service alike: one thread that pushes the queue and pulls what is new.

`worker.SyncWorker` is the door: start it, wake it, listen to its `SyncState`, stop it.
"""
