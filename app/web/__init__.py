"""What every page shares: layout, errors, headers, health, and who may open it."""
