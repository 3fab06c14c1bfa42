"""For people who write declarations."""
