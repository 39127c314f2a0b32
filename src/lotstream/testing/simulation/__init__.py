"""The hub in a made-up world: log, database, clock and scheduler from one seed, every invariant after every step."""
