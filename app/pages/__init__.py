"""The home page, its readings, and the notices."""
