"""Private pages behind a secret link: the receipt."""
