"""People and programs, for administrators who see no patient."""
