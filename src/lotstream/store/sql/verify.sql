-- name: now
-- The time of the snapshot.
SELECT now();

-- name: places
-- Every (log, partition) that a table has rows of, found from key to key instead of by reading all rows.
WITH RECURSIVE place AS (
    (SELECT log, partition FROM {table} ORDER BY log, partition LIMIT 1)
    UNION ALL
    SELECT next.log, next.partition
    FROM place AS p
    CROSS JOIN LATERAL (
        SELECT t.log, t.partition FROM {table} AS t
        WHERE (t.log, t.partition) > (p.log, p.partition) ORDER BY t.log, t.partition LIMIT 1
    ) AS next
)
SELECT log, partition FROM place;

-- name: owners
-- Every owner that a table has rows of, found from key to key.
WITH RECURSIVE found AS (
    (SELECT owner FROM {table} ORDER BY owner LIMIT 1)
    UNION ALL
    SELECT next.owner
    FROM found AS f
    CROSS JOIN LATERAL (SELECT t.owner FROM {table} AS t WHERE t.owner > f.owner ORDER BY t.owner LIMIT 1) AS next
)
SELECT owner FROM found;

-- name: claims
-- Of all claims what follows from their records.
SELECT partition, log, next_offset, today, chain, broadcast_seen, append_time, last_append_time, last_message_id,
       relay_position, turned, broadcast_answered
FROM claim ORDER BY partition;

-- name: starts
-- Where the partitions of later logs begin.
SELECT log, partition, first_offset FROM log_start;

-- name: broadcasts
-- All commands for every partition.
SELECT number, type, body FROM broadcast;

-- name: intake_kept
-- Where the intake of partitions begins that was pruned.
SELECT log, partition, first_offset FROM intake_kept;

-- name: journal
-- A partition's events in the order in which they were decided.
SELECT "offset", index, recorded_at, owner, source, "order", type, today, hash, body, code
FROM journal WHERE log = $1 AND partition = $2 ORDER BY "offset", index;

-- name: intake
-- What became of a partition's records.
SELECT "offset", recorded_at, outcome, source, message_id, type, owner, code, field, message
FROM intake WHERE log = $1 AND partition = $2 ORDER BY "offset";

-- name: outbox
-- A partition's outgoing messages.
SELECT "offset", index, recorded_at, id, topic, type, key, headers, value
FROM outbox WHERE log = $1 AND partition = $2 ORDER BY "offset", index;

-- name: dead_letter
-- A partition's records that could not be understood.
SELECT "offset", recorded_at, code, field, message, key, headers, value
FROM dead_letter WHERE log = $1 AND partition = $2 ORDER BY "offset";

-- name: shipment_line
-- What left, by the record that said so.
SELECT "offset", index, shipped_at, quantity, expires, slot, owner, shipment, source, "order", line, sku, lot, customer,
       person, city, postcode, country, sign, site, location, status, region, cost, weight_g
FROM shipment_line WHERE log = $1 AND partition = $2 ORDER BY "offset", index;

-- name: lot_history
-- What became of lots, by the record that said so.
SELECT "offset", index, at, recorded_at, quantity, slot, owner, sku, lot, kind, site, location, status, to_site,
       to_location, to_status, document, number, line, source, "order", by, reason, code, weight_g
FROM lot_history WHERE log = $1 AND partition = $2 ORDER BY "offset", index;

-- name: recall_run
-- Recalls and drills that were decided, by the record that asked for them; how long they took, nobody can say again.
SELECT "offset", index, asked_at, lots, units_held, units_left, orders, customers, consignees, slot, drill, owner, recall
FROM recall_run WHERE log = $1 AND partition = $2 ORDER BY "offset", index;

-- name: told
-- Partitions that know of sites or locations.
SELECT DISTINCT partition FROM site UNION SELECT DISTINCT partition FROM location;

-- name: site
-- Sites as a partition knows them.
SELECT site, body FROM site WHERE partition = $1 ORDER BY site;

-- name: location
-- Locations as a partition knows them.
SELECT site, location, body FROM location WHERE partition = $1 ORDER BY site, location;

-- name: owner
-- An owner.
SELECT slot, settings FROM owner WHERE owner = $1;

-- name: item
-- An owner's items.
SELECT sku, slot, body FROM item WHERE owner = $1 ORDER BY sku;

-- name: customer
-- An owner's customers.
SELECT customer, slot, body FROM customer WHERE owner = $1 ORDER BY customer;

-- name: lot
-- An owner's lots.
SELECT sku, lot, slot, expires, made, received, supplier, supplier_lot, holds, more
FROM lot WHERE owner = $1 ORDER BY sku, lot;

-- name: stock
-- An owner's stock rows that are not empty.
SELECT sku, lot, location, site, package, pack_size, status, returned, slot, on_hand, reserved, promised_elsewhere,
       received
FROM stock WHERE owner = $1 AND (on_hand <> 0 OR reserved <> 0 OR promised_elsewhere <> 0)
ORDER BY sku, lot, location, site, package, pack_size, status, returned;

-- name: stock_weight
-- What an owner's stock rows weigh.
SELECT sku, lot, location, site, package, pack_size, status, returned, slot, weight_g
FROM stock_weight WHERE owner = $1
ORDER BY sku, lot, location, site, package, pack_size, status, returned;

-- name: sales_order
-- An owner's orders, open and closed.
SELECT source, "order", slot, open, state, body FROM sales_order WHERE owner = $1 ORDER BY source, "order";

-- name: serial
-- Units of an owner's serial numbers.
SELECT serial, sku, slot, state, body FROM serial WHERE owner = $1 ORDER BY serial, sku;

-- name: receipt
-- What was booked under an owner's receipts and opening balances.
SELECT kind, number, slot, body FROM receipt WHERE owner = $1 ORDER BY kind, number;

-- name: last_shipped
-- What was shipped to an owner's customers who take nothing older.
SELECT customer, sku, slot, expires FROM last_shipped WHERE owner = $1 ORDER BY customer, sku;

-- name: early_cancel
-- An owner's cancellations that overtook their order.
SELECT source, "order", slot, version, lines FROM early_cancel WHERE owner = $1 ORDER BY source, "order";

-- name: person
-- Personal data of an owner's consignees.
SELECT person, slot, body FROM person WHERE owner = $1 ORDER BY person;

-- name: continuing
-- How far an owner is with what its partition was told.
SELECT slot, number, step, due, body FROM continuing WHERE owner = $1;

-- name: owner_clock
-- When an owner is to be looked at next.
SELECT slot, tick, due_at, watched FROM owner_clock WHERE owner = $1;

-- name: availability
-- What was told last of what an owner may sell, where it is anything.
SELECT sku, site, channel, slot, quantity FROM availability WHERE owner = $1 AND quantity <> 0
ORDER BY sku, site, channel;

-- name: kpi
-- What was counted of an owner, by day.
SELECT day, slot, count_lines, count_lines_right, counted_off, counted_system, received, received_value, expired,
       expired_value, shipped, traced
FROM kpi WHERE owner = $1 ORDER BY day;
