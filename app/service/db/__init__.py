"""The service's database: tables, engines, the writer and the migrations."""
