"""Who may see what: classes of columns, and where the values of a column come from."""
