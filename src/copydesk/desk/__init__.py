"""The editors' web app: not built yet."""
