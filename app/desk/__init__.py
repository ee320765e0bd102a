"""The coordinators' queue, case page, search and acts."""
