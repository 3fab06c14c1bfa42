"""What the dashboards show, in Python; `python -m superset_exports.design` writes it in Superset's import format."""
