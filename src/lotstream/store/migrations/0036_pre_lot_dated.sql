-- Find the owners whose lots expire when a day has turned, and of each the lots that expire first.

CREATE INDEX lot_dated ON lot (owner, expires) WHERE expires IS NOT NULL;
