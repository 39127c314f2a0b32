-- Say in one place whom orders name, and whom they named before.

CREATE VIEW order_person AS
SELECT o.owner, o.source, o."order", o.body, p.person
FROM sales_order AS o
CROSS JOIN LATERAL (
    SELECT o.body::json ->> 'person' AS person
    UNION ALL
    SELECT json_array_elements_text(o.body::json -> 'persons_before')
) AS p
WHERE p.person IS NOT NULL;
COMMENT ON VIEW order_person IS 'Orders with each person they name now or named before; those of a source lie together in the key.';
