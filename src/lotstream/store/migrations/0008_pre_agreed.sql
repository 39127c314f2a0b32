-- Keep the settings that all workers must have alike, since decisions or what is published hang on them.
-- The first worker that starts writes them down; workers of before know nothing of it and may run beside newer ones.

CREATE TABLE agreed (
    setting   text COLLATE "C" PRIMARY KEY,
    value     text NOT NULL,
    agreed_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE agreed IS 'Settings that are the same for all workers, as the first of them had them or a person changed them.';
