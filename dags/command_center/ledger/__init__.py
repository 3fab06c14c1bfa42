"""The ledger: typed rows of ops.*, their numbered migrations, and the only home of SQL on them.

The functions ops.iso_*, ops.ejaan and ops.angka_singkat are no rows; the SQL of typing may call them by name.
"""
