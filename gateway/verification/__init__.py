"""How a client that must verify itself does so: a signed link, what it says of itself, and a person's word on it."""
