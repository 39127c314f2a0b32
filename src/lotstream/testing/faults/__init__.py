"""Breaking the hub on purpose: what is sent, what is broken, and a reference that says what must have come of it."""
