"""The practice table in the formats of the agencies' systems: one module per format."""
