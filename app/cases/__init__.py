"""The work about one child: cases, submissions, parties, links, notes, clocks, tokens."""
