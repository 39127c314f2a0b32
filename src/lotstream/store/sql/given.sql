-- name: given
-- What of some lots was given to other owners where it lies, by sale, with what each sale says.
SELECT h.sku, h.lot, h.number AS title, -sum(h.quantity)::bigint AS quantity, c.body
FROM (SELECT DISTINCT sku, lot FROM unnest($2::text[], $3::text[]) AS k(sku, lot)) AS k
CROSS JOIN LATERAL (
    SELECT t.sku, t.lot, t.number,
           coalesce(div(t.quantity * c.numerator, c.denominator)::bigint, t.quantity) AS quantity
    FROM lot_history AS t
    LEFT JOIN recounted AS c ON c.owner = t.owner AND c.sku = t.sku
       AND (t.log::bigint << 48) + t."offset" >= c.since AND (t.log::bigint << 48) + t."offset" < c.until
    WHERE t.owner = $1 AND t.sku = k.sku AND t.lot = k.lot AND t.kind = 'title_released' OFFSET 0
) AS h
JOIN receipt AS c ON c.owner = $1 AND c.kind = 'title_out' AND c.number = h.number
GROUP BY h.sku, h.lot, h.number, c.body
ORDER BY h.sku, h.lot, h.number;
