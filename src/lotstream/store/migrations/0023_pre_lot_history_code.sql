-- Keep why goods were adjusted in words that can be added up. 0.1.0 writes no history of lots.

ALTER TABLE lot_history ADD COLUMN code text COLLATE "C";
