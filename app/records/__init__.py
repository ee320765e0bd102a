"""Files and the records checklist of a case."""
