-- name: prune_empty_stock
-- Delete stock rows at zero, a bounded number at once.
DELETE FROM stock
WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM stock WHERE on_hand = 0 AND reserved = 0 AND promised_elsewhere = 0 LIMIT $1))
  AND on_hand = 0 AND reserved = 0 AND promised_elsewhere = 0;
