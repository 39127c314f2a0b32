-- name: claims
-- Claims as they are, none made.
SELECT partition, log, next_offset, epoch, relay_position FROM claim;

-- name: intake
-- What became of records, in the order of the log, some at once.
SELECT log, partition, "offset", outcome, source, message_id, owner, code FROM intake
WHERE (log, partition, "offset") > ($1, $2, $3) ORDER BY log, partition, "offset" LIMIT $4;

-- name: stock
-- Stock rows that are not empty.
SELECT owner, sku, lot, site, location, status, on_hand, reserved FROM stock WHERE on_hand <> 0 OR reserved <> 0;

-- name: orders
-- Orders of one owner, open and closed.
SELECT owner, body FROM sales_order WHERE owner = $1;

-- name: owners
-- Owners that have orders or stock.
SELECT owner FROM sales_order UNION SELECT owner FROM stock;

-- name: shipped
-- What left, summed by order line and lot.
SELECT l.owner, l.shipment, l.source, l."order", l.line, l.sku, l.lot,
       sum(l.sign * coalesce(div(l.quantity * c.numerator, c.denominator)::bigint, l.quantity))::bigint AS quantity
FROM shipment_line AS l
LEFT JOIN recounted AS c ON c.owner = l.owner AND c.sku = l.sku
       AND (l.log::bigint << 48) + l."offset" >= c.since AND (l.log::bigint << 48) + l."offset" < c.until
GROUP BY l.owner, l.shipment, l.source, l."order", l.line, l.sku, l.lot;

-- name: outbox
-- Ids of messages, some at once.
SELECT log, partition, "offset", index, id, topic FROM outbox
WHERE (log, partition, "offset", index) > ($1, $2, $3, $4) ORDER BY log, partition, "offset", index LIMIT $5;

-- name: messages_of
-- Topics and ids of messages whose causes lie in a stretch of each partition.
SELECT outbox.topic, outbox.id
FROM unnest($2::int[], $3::bigint[], $4::bigint[]) AS stretch(partition, first, below)
JOIN outbox ON outbox.log = $1 AND outbox.partition = stretch.partition
  AND outbox."offset" >= stretch.first AND outbox."offset" < stretch.below;

-- name: over_promised
-- Stock rows of which more is promised than there is.
SELECT count(*) FROM stock WHERE reserved < 0 OR reserved > greatest(on_hand, 0);

