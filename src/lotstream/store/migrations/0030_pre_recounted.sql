-- Let quantities that were written while an item was counted in another unit be read in the unit of today. 0.1.0 knows
-- no such items.

-- The same words as in the view below, so that it finds the few items that were ever counted in another unit.
CREATE INDEX item_rebased ON item (owner, sku) WHERE body LIKE '%"rebased":%';

CREATE VIEW recounted AS
SELECT i.owner, i.sku, coalesce(lag(r.arrival) OVER (PARTITION BY i.owner, i.sku ORDER BY r.arrival), 0) AS since,
       r.arrival AS until, r.numerator, r.denominator
FROM item AS i
CROSS JOIN LATERAL json_to_recordset(i.body::json -> 'rebased')
    AS r(arrival bigint, numerator numeric, denominator numeric)
WHERE i.body LIKE '%"rebased":%';
COMMENT ON VIEW recounted IS
    'How items were counted before: of what records from one place in the log up to another wrote, so many (numerator) '
    'smallest units of today are so many (denominator) of those of then. A place is (log << 48) + offset.';
