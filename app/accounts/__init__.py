"""People of the staff: sign-in, sessions, roles granted per program."""
