-- Keep what each owner's day comes to in the figures a warehouse is judged by.
-- Workers of 0.1.0 count nothing; nobody who decides reads it.

CREATE TABLE kpi (
    owner             text COLLATE "C" NOT NULL,
    day               date NOT NULL,
    slot              smallint NOT NULL,
    count_lines       bigint NOT NULL,
    count_lines_right bigint NOT NULL,
    counted_off       numeric NOT NULL,
    counted_system    numeric NOT NULL,
    received          numeric NOT NULL,
    received_value    numeric NOT NULL,
    expired           numeric NOT NULL,
    expired_value     numeric NOT NULL,
    shipped           numeric NOT NULL,
    traced            numeric NOT NULL,
    PRIMARY KEY (owner, day)
);
COMMENT ON TABLE kpi IS
    'Sums by owner and day of the site, in base units and the owner''s currency; rates of any period are made of them.';
