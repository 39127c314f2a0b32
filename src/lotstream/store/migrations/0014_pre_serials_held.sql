-- Units on hold come with their owner, so that no change of condition makes one of them good.

CREATE INDEX serial_held ON serial (owner, serial) WHERE body LIKE '%"holds":%';
