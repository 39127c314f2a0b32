package peers.jdbc;

/** The statements, as lotstream's store has them. */
final class Sql {

    static final String CREATE_STAGING =
            "CREATE TEMPORARY TABLE stock_in (LIKE stock INCLUDING STORAGE) ON COMMIT DELETE ROWS";

    static final String TAKE_CLAIMS =
            """
            UPDATE claim SET epoch = epoch + 1, taken_epoch = epoch + 1, holder = ?, released = false
            WHERE partition = ANY(?)
            RETURNING partition, log, next_offset, epoch, chain, today,
                      extract(epoch FROM append_time) * 1000 AS append_ms, last_message_id
            """;

    static final String SEEN =
            """
            SELECT k.source, k.message_id
            FROM unnest(?::text[], ?::text[]) AS k(source, message_id)
            CROSS JOIN LATERAL (
                SELECT FROM intake AS i
                WHERE i.source = k.source AND i.message_id = k.message_id AND i.outcome IN ('done', 'refused') LIMIT 1
            ) AS found
            """;

    static final String STOCK_OF_OWNERS =
            """
            SELECT s.owner, s.sku, s.lot, s.location, s.on_hand, s.reserved, l.expires::text, l.received::text
            FROM stock AS s JOIN lot AS l USING (owner, sku, lot)
            WHERE s.owner = ANY(?)
            """;

    static final String MOVE_CLAIMS =
            """
            UPDATE claim AS c
            SET next_offset = b.next_offset, chain = b.chain, append_time = b.append_time,
                last_append_time = b.append_time, last_message_id = b.last_message_id
            FROM unnest(?::smallint[], ?::bigint[], ?::text[], ?::bigint[], ?::bigint[], ?::bytea[], ?::timestamptz[],
                        ?::text[])
                AS b(partition, epoch, holder, expected, next_offset, chain, append_time, last_message_id)
            WHERE c.partition = b.partition AND c.epoch = b.epoch AND c.holder = b.holder
              AND c.next_offset = b.expected AND NOT c.released
            """;

    static final String STOCK =
            """
            INSERT INTO stock (owner, slot, sku, lot, site, location, package, pack_size, status, returned,
                               on_hand, reserved, promised_elsewhere, received)
            SELECT owner, slot, sku, lot, site, location, package, pack_size, status, returned,
                   on_hand, reserved, promised_elsewhere, received
            FROM stock_in ORDER BY owner, sku, lot, location
            ON CONFLICT ON CONSTRAINT stock_key DO UPDATE
            SET on_hand = excluded.on_hand, reserved = excluded.reserved,
                promised_elsewhere = excluded.promised_elsewhere, received = excluded.received
            """;

    static final String PERSON =
            """
            INSERT INTO person (owner, slot, person, body)
            SELECT * FROM unnest(?::text[], ?::smallint[], ?::text[], ?::text[]) AS v(owner, slot, person, body)
            ORDER BY owner, person
            ON CONFLICT (owner, person) DO NOTHING
            """;

    private Sql() {}
}
