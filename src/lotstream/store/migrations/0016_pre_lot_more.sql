-- Let a lot have facts that most lots do not have: other numbers, what it was made from, what it cost, its papers.
-- 0.1.0 does not name the column, and what is in it stays when 0.1.0 writes the row.

ALTER TABLE lot ADD COLUMN more text NOT NULL DEFAULT '{}';
