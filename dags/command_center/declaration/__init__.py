"""The declaration of a source: its strict model, its formats, its registry, the places of its files."""
