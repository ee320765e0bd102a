"""The referrer's door: the floor on page one, groups by diagnosis on page two."""
