"""Synthetic people: the demonstration's week, volume for measuring, and the check that the whole way works."""
