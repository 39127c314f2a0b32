-- name: rebased
-- An owner's items that were counted in another unit before, and what is left of those that have another SKU now; the
-- same words as in the index that finds them.
SELECT sku, body FROM item WHERE owner = $1 AND body LIKE '%"rebased":%';
