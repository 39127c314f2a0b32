-- name: claims
-- Move claims forward, each only from where its holder last saw it; a claim given back is nobody's to write under.
UPDATE claim AS c
SET next_offset = b.next_offset, today = b.today, chain = b.chain, broadcast_seen = b.broadcast_seen,
    append_time = b.append_time, last_append_time = b.last_append_time, last_message_id = b.last_message_id,
    turned = b.turned, turned_through = b.broadcast_seen, broadcast_answered = b.broadcast_answered,
    relay_position = greatest(c.relay_position, b.relay_position)
FROM unnest(
    $1::smallint[], $2::integer[], $3::bigint[], $4::text[], $5::bigint[],
    $6::bigint[], $7::text[], $8::bytea[], $9::bigint[], $10::timestamptz[], $11::timestamptz[], $12::text[],
    $13::text[], $14::bigint[], $15::bigint[]
) AS b(partition, log, epoch, holder, expected, next_offset, today, chain, broadcast_seen, append_time,
       last_append_time, last_message_id, turned, broadcast_answered, relay_position)
WHERE c.partition = b.partition AND c.log = b.log AND c.epoch = b.epoch AND c.holder = b.holder
  AND c.next_offset = b.expected AND NOT c.released
RETURNING c.partition;

-- name: create_staging
-- A table of the session that stock rows come in through; empty again after each transaction.
CREATE TEMPORARY TABLE stock_in (LIKE stock INCLUDING STORAGE) ON COMMIT DELETE ROWS;

-- name: empty_staging
-- Make room for the next of very many stock rows.
TRUNCATE stock_in;

-- name: stock
-- Stock rows as they are now.
INSERT INTO stock (owner, slot, sku, lot, site, location, package, pack_size, status, returned,
                   on_hand, reserved, promised_elsewhere, received)
SELECT owner, slot, sku, lot, site, location, package, pack_size, status, returned,
       on_hand, reserved, promised_elsewhere, received
FROM stock_in ORDER BY owner, sku, lot, location
ON CONFLICT ON CONSTRAINT stock_key DO UPDATE
SET on_hand = excluded.on_hand, reserved = excluded.reserved, promised_elsewhere = excluded.promised_elsewhere,
    received = excluded.received;

-- name: owner
-- Owners with their settings.
INSERT INTO owner (owner, slot, settings)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[]) AS v(owner, slot, settings) ORDER BY owner
ON CONFLICT (owner) DO UPDATE SET settings = excluded.settings;

-- name: item
-- Items as they are now.
INSERT INTO item (owner, slot, sku, body)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[]) AS v(owner, slot, sku, body)
ORDER BY owner, sku
ON CONFLICT (owner, sku) DO UPDATE SET body = excluded.body;

-- name: customer
-- Customers as they are now.
INSERT INTO customer (owner, slot, customer, body)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[]) AS v(owner, slot, customer, body)
ORDER BY owner, customer
ON CONFLICT (owner, customer) DO UPDATE SET body = excluded.body;

-- name: last_shipped
-- The latest expiry that was shipped to customers who take nothing older.
INSERT INTO last_shipped (owner, slot, customer, sku, expires)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::date[])
    AS v(owner, slot, customer, sku, expires)
ORDER BY owner, customer, sku
ON CONFLICT (owner, customer, sku) DO UPDATE SET expires = excluded.expires;

-- name: stock_weight
-- What stock rows weigh now.
INSERT INTO stock_weight (owner, slot, sku, lot, site, location, package, pack_size, status, returned, weight_g)
SELECT * FROM unnest(
    $1::text[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[],
    $10::boolean[], $11::bigint[]
) AS v(owner, slot, sku, lot, site, location, package, pack_size, status, returned, weight_g)
ORDER BY owner, sku, lot, location
ON CONFLICT ON CONSTRAINT stock_weight_key DO UPDATE SET weight_g = excluded.weight_g;

-- name: forget_weights
-- Delete the weights of stock rows that weigh nothing.
DELETE FROM stock_weight AS w
USING unnest(
    $1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::boolean[]
) AS v(owner, sku, lot, site, location, package, pack_size, status, returned)
WHERE w.owner = v.owner AND w.sku = v.sku AND w.lot IS NOT DISTINCT FROM v.lot AND w.site = v.site
  AND w.location = v.location AND w.package IS NOT DISTINCT FROM v.package
  AND w.pack_size IS NOT DISTINCT FROM v.pack_size AND w.status = v.status AND w.returned = v.returned;

-- name: lot
-- Lots as they are now.
INSERT INTO lot (owner, slot, sku, lot, expires, made, received, supplier, supplier_lot, holds, more)
SELECT * FROM unnest(
    $1::text[], $2::smallint[], $3::text[], $4::text[], $5::date[], $6::date[], $7::date[], $8::text[], $9::text[],
    $10::text[], $11::text[]
) AS v(owner, slot, sku, lot, expires, made, received, supplier, supplier_lot, holds, more)
ORDER BY owner, sku, lot
ON CONFLICT (owner, sku, lot) DO UPDATE
SET expires = excluded.expires, made = excluded.made, received = excluded.received, supplier = excluded.supplier,
    supplier_lot = excluded.supplier_lot, holds = excluded.holds, more = excluded.more;

-- name: sales_order
-- Orders that were recorded before, as they are now.
INSERT INTO sales_order (owner, slot, source, "order", open, state, body)
SELECT * FROM unnest(
    $1::text[], $2::smallint[], $3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[]
) AS v(owner, slot, source, "order", open, state, body)
ORDER BY owner, source, "order"
ON CONFLICT (owner, source, "order") DO UPDATE
SET open = excluded.open, state = excluded.state, body = excluded.body;

-- name: receipt
-- Receipts as they are booked now.
INSERT INTO receipt (owner, slot, kind, number, body)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::text[]) AS v(owner, slot, kind, number, body)
ORDER BY owner, kind, number
ON CONFLICT (owner, kind, number) DO UPDATE SET body = excluded.body;

-- name: serial
-- Units of serial numbers as they are now.
INSERT INTO serial (owner, slot, serial, sku, state, body)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::text[])
    AS v(owner, slot, serial, sku, state, body)
ORDER BY owner, serial, sku
ON CONFLICT (owner, serial, sku) DO UPDATE SET state = excluded.state, body = excluded.body;

-- name: early_cancel
-- Cancellations that overtook their order; their lines as JSON, because arrays in an array must be of one length.
INSERT INTO early_cancel (owner, slot, source, "order", version, lines)
SELECT v.owner, v.slot, v.source, v."order", v.version, ARRAY(SELECT json_array_elements_text(v.lines::json))
FROM unnest(
    $1::text[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::text[]
) AS v(owner, slot, source, "order", version, lines)
ORDER BY owner, source, "order"
ON CONFLICT (owner, source, "order") DO UPDATE SET version = excluded.version, lines = excluded.lines;

-- name: continuing
-- How far owners are with what they were told.
INSERT INTO continuing (owner, slot, number, step, due, body)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::bigint[], $4::bigint[], $5::boolean[], $6::text[])
    AS v(owner, slot, number, step, due, body)
ORDER BY owner
ON CONFLICT (owner) DO UPDATE
SET number = excluded.number, step = excluded.step, due = excluded.due, body = excluded.body;

-- name: owner_clock
-- When owners are to be looked at next.
INSERT INTO owner_clock (owner, slot, tick, due_at, watched)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::bigint[], $4::timestamptz[], $5::boolean[])
    AS v(owner, slot, tick, due_at, watched)
ORDER BY owner
ON CONFLICT (owner) DO UPDATE SET tick = excluded.tick, due_at = excluded.due_at, watched = excluded.watched;

-- name: availability
-- What was told of what may be sold.
INSERT INTO availability (owner, slot, sku, site, channel, quantity)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::bigint[])
    AS v(owner, slot, sku, site, channel, quantity)
ORDER BY owner, sku, site, channel
ON CONFLICT (owner, sku, site, channel) DO UPDATE SET quantity = excluded.quantity;

-- name: forget_early_cancels
-- Remove remembered cancellations whose order has come.
DELETE FROM early_cancel AS c
USING unnest($1::text[], $2::text[], $3::text[]) AS v(owner, source, "order")
WHERE c.owner = v.owner AND c.source = v.source AND c."order" = v."order";

-- name: person
-- Personal data of consignees; the key is a hash of the data, so that a person who is there is the same.
INSERT INTO person (owner, slot, person, body)
SELECT * FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[]) AS v(owner, slot, person, body)
ORDER BY owner, person
ON CONFLICT (owner, person) DO NOTHING;

-- name: forget_persons
-- Delete personal data that is to be forgotten; a person who is not there is forgotten already.
DELETE FROM person AS p
USING unnest($1::text[], $2::text[]) AS v(owner, person)
WHERE p.owner = v.owner AND p.person = v.person;

-- name: kpi
-- What was counted of owners and days, added to what was counted of them before: a batch is written once or not at all.
INSERT INTO kpi AS k (owner, slot, day, count_lines, count_lines_right, counted_off, counted_system, received,
                      received_value, expired, expired_value, shipped, traced)
SELECT * FROM unnest(
    $1::text[], $2::smallint[], $3::date[], $4::bigint[], $5::bigint[], $6::numeric[], $7::numeric[], $8::numeric[],
    $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[], $13::numeric[]
) AS v(owner, slot, day, count_lines, count_lines_right, counted_off, counted_system, received, received_value, expired,
       expired_value, shipped, traced)
ORDER BY owner, day
ON CONFLICT (owner, day) DO UPDATE
SET count_lines = k.count_lines + excluded.count_lines,
    count_lines_right = k.count_lines_right + excluded.count_lines_right,
    counted_off = k.counted_off + excluded.counted_off, counted_system = k.counted_system + excluded.counted_system,
    received = k.received + excluded.received, received_value = k.received_value + excluded.received_value,
    expired = k.expired + excluded.expired, expired_value = k.expired_value + excluded.expired_value,
    shipped = k.shipped + excluded.shipped, traced = k.traced + excluded.traced;

-- name: title_due
-- What owners have to be told of goods that others gave them.
INSERT INTO title_due (title, owner, slot, body)
SELECT * FROM unnest($1::text[], $2::text[], $3::smallint[], $4::text[]) AS v(title, owner, slot, body) ORDER BY title
ON CONFLICT (title) DO NOTHING;

-- name: forget_titles
-- Delete what an owner has been told.
DELETE FROM title_due AS t USING unnest($1::text[]) AS v(title) WHERE t.title = v.title;

-- name: site
-- Sites that a partition learnt of.
INSERT INTO site (partition, site, body)
SELECT * FROM unnest($1::smallint[], $2::text[], $3::text[]) AS v(partition, site, body) ORDER BY partition, site
ON CONFLICT (partition, site) DO UPDATE SET body = excluded.body;

-- name: location
-- Locations that a partition learnt of.
INSERT INTO location (partition, site, location, body)
SELECT * FROM unnest($1::smallint[], $2::text[], $3::text[], $4::text[]) AS v(partition, site, location, body)
ORDER BY partition, site, location
ON CONFLICT (partition, site, location) DO UPDATE SET body = excluded.body;
