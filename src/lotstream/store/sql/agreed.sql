-- name: agree
-- Write down what nobody has agreed on yet.
INSERT INTO agreed (setting, value) SELECT * FROM unnest($1::text[], $2::text[]) AS v(setting, value) ORDER BY setting
ON CONFLICT DO NOTHING;

-- name: read
-- What was agreed on.
SELECT setting, value, agreed_at FROM agreed ORDER BY setting;

-- name: change
-- Agree on other values.
INSERT INTO agreed AS a (setting, value)
SELECT * FROM unnest($1::text[], $2::text[]) AS v(setting, value) ORDER BY setting
ON CONFLICT (setting) DO UPDATE SET value = excluded.value, agreed_at = now() WHERE a.value <> excluded.value;
