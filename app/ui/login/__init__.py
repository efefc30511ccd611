"""Screen S1: who works at the till, with a PIN; also the quick change of cashier."""
