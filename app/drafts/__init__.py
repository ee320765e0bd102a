"""Forms that were begun: sealed, page to page, addressed by an unguessable handle."""
