"""How a message travels: mail and text, with a console twin of each."""
