"""A program as data: names, phones, calendar, promises, diseases, its own sentences; and its clocks."""
