"""Wire formats shared by the service and its clients, and error codes; no input or output."""
