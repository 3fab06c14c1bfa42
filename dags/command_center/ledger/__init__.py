"""The ledger: typed rows of ops.*, and the only home of SQL on them."""
