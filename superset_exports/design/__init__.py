"""What the dashboards show, in Python; `make dashboards` writes it in Superset's import format."""
