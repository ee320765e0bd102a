"""The trail: who viewed, searched or changed what, insert-only."""
