"""What every room stands on: database, sealing, blind tokens, jobs, clock, actors."""
