"""The loyalty service: HTTP, database, ledger; runs headless, without the till and Qt."""
