"""The family's door: four short pages, check, send."""
