"""From published rows to what people read: plan, dbt, swap, the database of the public."""
