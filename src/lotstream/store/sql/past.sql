-- name: stock_as_of
-- What lay where at a moment of business time, and what it weighed: what lies there now, without what has become of it
-- since. Goods leave by shipment lines, and are moved, found, made, weighed and so on by lines of the history.
WITH since AS (
    SELECT h.sku, h.lot, p.site, p.location, p.status, -coalesce(div(p.quantity * c.numerator, c.denominator)::bigint, p.quantity) AS quantity,
           -p.weight_g AS weight_g
    FROM lot_history AS h
    LEFT JOIN recounted AS c ON c.owner = h.owner AND c.sku = h.sku
       AND (h.log::bigint << 48) + h."offset" >= c.since AND (h.log::bigint << 48) + h."offset" < c.until
    CROSS JOIN LATERAL (
        VALUES (h.site, h.location, h.status, CASE WHEN h.to_location IS NULL THEN h.quantity ELSE -h.quantity END,
                CASE WHEN h.to_location IS NULL THEN h.weight_g ELSE -h.weight_g END),
               (h.to_site, h.to_location, h.to_status, h.quantity, h.weight_g)
    ) AS p(site, location, status, quantity, weight_g)
    WHERE h.owner = $1 AND h.at > $2 AND ($3::text IS NULL OR h.sku = $3) AND p.location IS NOT NULL
    UNION ALL
    SELECT l.sku, l.lot, l.site, l.location, l.status, l.sign * coalesce(div(l.quantity * c.numerator, c.denominator)::bigint, l.quantity),
           l.sign * l.weight_g
    FROM shipment_line AS l
    LEFT JOIN recounted AS c ON c.owner = l.owner AND c.sku = l.sku
       AND (l.log::bigint << 48) + l."offset" >= c.since AND (l.log::bigint << 48) + l."offset" < c.until
    WHERE l.owner = $1 AND l.shipped_at > $2 AND ($3::text IS NULL OR l.sku = $3)
    UNION ALL
    SELECT s.sku, s.lot, s.site, s.location, s.status, s.on_hand, NULL
    FROM stock AS s WHERE s.owner = $1 AND ($3::text IS NULL OR s.sku = $3)
    UNION ALL
    SELECT w.sku, w.lot, w.site, w.location, w.status, 0, w.weight_g
    FROM stock_weight AS w WHERE w.owner = $1 AND ($3::text IS NULL OR w.sku = $3)
), there AS (
    SELECT sku, lot, site, location, status, sum(quantity)::bigint AS quantity, nullif(sum(weight_g), 0)::bigint AS weight_g
    FROM since WHERE $5::text IS NULL OR site = $5
    GROUP BY sku, lot, site, location, status HAVING sum(quantity) <> 0
)
SELECT t.sku, t.lot, t.site, t.location, t.status, t.quantity, t.weight_g, l.expires, i.body AS item
FROM there AS t
-- A number that a lot had then leads to the one it has now, step by step; its facts are known under that one alone.
LEFT JOIN LATERAL (
    WITH RECURSIVE named AS (
        SELECT f.expires, f.more::jsonb -> 'into' AS into FROM lot AS f
        WHERE f.owner = $1 AND f.sku = t.sku AND f.lot = t.lot
        UNION
        SELECT n.expires, n.more::jsonb -> 'into' FROM named AS w
        JOIN lot AS n ON n.owner = $1 AND n.sku = w.into ->> 0 AND n.lot = w.into ->> 1
    )
    SELECT w.expires FROM named AS w WHERE w.into IS NULL
) AS l ON true
LEFT JOIN item AS i ON i.owner = $1 AND i.sku = t.sku
ORDER BY t.sku, t.lot NULLS FIRST, t.site, t.location, t.status LIMIT $4;

-- name: roll_forward
-- What there was of each lot at one moment of business time, what became of it until another, and what there was then;
-- and how much of what is there now no line of any history has brought. Of goods that are weighed, their weight as well.
WITH moved AS (
    SELECT h.sku, h.lot, h.kind, h.at, coalesce(div(h.quantity * c.numerator, c.denominator)::bigint, h.quantity) AS quantity,
           coalesce(h.weight_g, 0) AS weight_g
    FROM lot_history AS h
    LEFT JOIN recounted AS c ON c.owner = h.owner AND c.sku = h.sku
       AND (h.log::bigint << 48) + h."offset" >= c.since AND (h.log::bigint << 48) + h."offset" < c.until
    WHERE h.owner = $1 AND h.to_location IS NULL AND (h.quantity <> 0 OR h.weight_g <> 0)
      AND ($4::text IS NULL OR h.sku = $4)
    UNION ALL
    SELECT l.sku, l.lot, CASE l.sign WHEN 1 THEN 'shipped' ELSE 'voided' END, l.shipped_at,
           -l.sign * coalesce(div(l.quantity * c.numerator, c.denominator)::bigint, l.quantity),
           -l.sign * coalesce(l.weight_g, 0)
    FROM shipment_line AS l
    LEFT JOIN recounted AS c ON c.owner = l.owner AND c.sku = l.sku
       AND (l.log::bigint << 48) + l."offset" >= c.since AND (l.log::bigint << 48) + l."offset" < c.until
    WHERE l.owner = $1 AND ($4::text IS NULL OR l.sku = $4)
), summed AS (
    SELECT sku, lot, kind, coalesce(sum(quantity) FILTER (WHERE at > $2 AND at <= $3), 0) AS within,
           coalesce(sum(quantity) FILTER (WHERE at > $3), 0) AS later, sum(quantity) AS ever, 0 AS there,
           coalesce(sum(weight_g) FILTER (WHERE at > $2 AND at <= $3), 0) AS within_g,
           coalesce(sum(weight_g) FILTER (WHERE at > $3), 0) AS later_g, sum(weight_g) AS ever_g, 0 AS there_g
    FROM moved GROUP BY sku, lot, kind
    UNION ALL
    SELECT s.sku, s.lot, NULL, 0, 0, 0, s.on_hand, 0, 0, 0, 0
    FROM stock AS s WHERE s.owner = $1 AND ($4::text IS NULL OR s.sku = $4)
    UNION ALL
    SELECT w.sku, w.lot, NULL, 0, 0, 0, 0, 0, 0, 0, w.weight_g
    FROM stock_weight AS w WHERE w.owner = $1 AND ($4::text IS NULL OR w.sku = $4)
), rolled AS (
    SELECT sku, lot, sum(there - later - within)::bigint AS opening,
           coalesce(json_object_agg(kind, within) FILTER (WHERE within <> 0), '{}')::text AS moves,
           sum(there - later)::bigint AS closing, sum(there - ever)::bigint AS untold,
           sum(there_g - later_g - within_g)::bigint AS opening_g,
           coalesce(json_object_agg(kind, within_g) FILTER (WHERE within_g <> 0), '{}')::text AS moves_g,
           sum(there_g - later_g)::bigint AS closing_g, sum(there_g - ever_g)::bigint AS untold_g
    FROM summed GROUP BY sku, lot
)
SELECT r.sku, r.lot, r.opening, r.moves, r.closing, r.untold, r.opening_g, r.moves_g, r.closing_g, r.untold_g,
       i.body AS item
FROM rolled AS r
LEFT JOIN item AS i ON i.owner = $1 AND i.sku = r.sku
WHERE r.opening <> 0 OR r.closing <> 0 OR r.moves <> '{}' OR r.untold <> 0 OR r.moves_g <> '{}' OR r.untold_g <> 0
ORDER BY r.sku, r.lot NULLS FIRST LIMIT $5;
