"""How each kind of source is asked and read: one module per kind."""
