"""The path of a row, from an answer to published rows."""
