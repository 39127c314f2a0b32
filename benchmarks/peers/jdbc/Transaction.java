package peers.jdbc;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;
import peers.Messages;
import peers.Order;
import peers.Row;

/** What lotstream's commit writes: claims first, what is only added by COPY, then what changes. */
final class Transaction {

    private static final int SLOTS = 256;
    private static final String CODE = "peer";

    private final Connection connection;
    private final CopyManager copies;
    private final Copy intake = new Copy(
            "intake",
            "log, partition, \"offset\", recorded_at, outcome, source, message_id, type, owner, code, field, message");
    private final Copy journal = new Copy(
            "journal",
            "log, partition, \"offset\", index, recorded_at, owner, source, \"order\", type, today, hash, body, code");
    private final Copy outbox = new Copy(
            "outbox", "log, partition, \"offset\", index, recorded_at, id, topic, type, key, headers, value");
    private final Copy orders = new Copy("sales_order", "owner, slot, source, \"order\", open, state, body");
    private final Copy stock = new Copy(
            "stock_in",
            "owner, slot, sku, lot, site, location, package, pack_size, status, returned, on_hand, reserved,"
                    + " promised_elsewhere, received");

    Transaction(Connection connection) {
        this.connection = connection;
        try {
            this.copies = connection.unwrap(PGConnection.class).getCopyAPI();
        } catch (SQLException error) {
            throw new IllegalStateException(error);
        }
    }

    /** Becomes the holder of partitions and returns their claims. */
    List<Claim> take(Collection<TopicPartition> partitions, String holder) throws SQLException {
        List<Claim> taken = new ArrayList<>();
        try (PreparedStatement update = connection.prepareStatement(Sql.TAKE_CLAIMS)) {
            update.setString(1, holder);
            Object[] numbers = partitions.stream().map(TopicPartition::partition).toArray();
            update.setArray(2, connection.createArrayOf("int4", numbers));
            try (ResultSet rows = update.executeQuery()) {
                while (rows.next()) {
                    taken.add(claim(rows, holder));
                }
            }
        }
        connection.commit();
        return taken;
    }

    /** Returns which messages were decided before, by {@link Batch#key}. */
    Set<String> seen(String[][] messageIds) throws SQLException {
        Set<String> seen = new HashSet<>();
        try (PreparedStatement query = connection.prepareStatement(Sql.SEEN)) {
            query.setArray(1, connection.createArrayOf("text", messageIds[0]));
            query.setArray(2, connection.createArrayOf("text", messageIds[1]));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    seen.add(Batch.key(rows.getString(1), rows.getString(2)));
                }
            }
        }
        return seen;
    }

    void write(Batch batch) throws SQLException {
        moveClaims(batch);
        writeIntake(batch);
        writeJournal(batch);
        writeOutbox(batch);
        writeOrders(batch);
        writePersons(batch);
        writeStock(batch);
        connection.commit();
    }

    private static Claim claim(ResultSet row, String holder) throws SQLException {
        return new Claim(
                row.getInt("partition"),
                row.getInt("log"),
                row.getLong("next_offset"),
                row.getLong("epoch"),
                holder,
                row.getBytes("chain"),
                row.getString("today"),
                row.getLong("append_ms"),
                row.getString("last_message_id"));
    }

    private void moveClaims(Batch batch) throws SQLException {
        List<Claim> after = new ArrayList<>(new TreeMap<>(batch.after()).values());
        List<Claim> before = after.stream().map(claim -> batch.before(claim.partition())).toList();
        Object[] times = after.stream().map(claim -> Instant.ofEpochMilli(claim.appendTime()).toString()).toArray();
        try (PreparedStatement update = connection.prepareStatement(Sql.MOVE_CLAIMS)) {
            array(update, 1, "int2", after.stream().map(claim -> (short) claim.partition()).toArray());
            array(update, 2, "int8", before.stream().map(Claim::epoch).toArray());
            array(update, 3, "text", before.stream().map(Claim::holder).toArray());
            array(update, 4, "int8", before.stream().map(Claim::nextOffset).toArray());
            array(update, 5, "int8", after.stream().map(Claim::nextOffset).toArray());
            update.setArray(6, connection.createArrayOf("bytea", after.stream().map(Claim::chain).toArray(byte[][]::new)));
            array(update, 7, "timestamptz", times);
            array(update, 8, "text", after.stream().map(Claim::messageId).toArray());
            if (update.executeUpdate() != after.size()) {
                throw new IllegalStateException("A claim is no longer as it was last written; nothing was written.");
            }
        }
    }

    private void array(PreparedStatement statement, int index, String type, Object[] values) throws SQLException {
        statement.setArray(index, connection.createArrayOf(type, values));
    }

    private void writeIntake(Batch batch) throws SQLException {
        intake.begin();
        for (Batch.Entry entry : batch.entries) {
            place(batch, intake, entry).timestamp(entry.time());
            intake.text(batch.duplicates.contains(entry) ? "duplicate" : "done");
            intake.text(entry.source()).text(entry.messageId()).text(entry.type());
            intake.text(entry.order() == null ? null : entry.order().owner()).nothing().nothing().nothing();
        }
        intake.send(copies);
    }

    private void writeJournal(Batch batch) throws SQLException {
        journal.begin();
        for (Batch.Placed placed : batch.placed) {
            Order order = placed.entry().order();
            place(batch, journal, placed.entry()).integer(0).timestamp(placed.entry().time());
            journal.text(order.owner()).text(order.source()).text(order.order()).text(Bodies.RECORDED);
            journal.text(batch.before(placed.entry().partition()).today());
            journal.bytea(placed.hash()).bytea(placed.event()).text(CODE);
        }
        journal.send(copies);
    }

    private void writeOutbox(Batch batch) throws SQLException {
        outbox.begin();
        for (Batch.Outgoing message : batch.outgoing) {
            place(batch, outbox, message.entry()).integer(message.index()).timestamp(message.entry().time());
            outbox.text(message.id()).text(message.topic()).text(message.type());
            outbox.text(message.entry().order().order()).nothing().bytea(message.value());
        }
        outbox.send(copies);
    }

    private void writeOrders(Batch batch) throws SQLException {
        orders.begin();
        for (Batch.Placed placed : batch.placed) {
            Order order = placed.entry().order();
            orders.row().text(order.owner()).smallint(slot(order.owner())).text(order.source()).text(order.order());
            orders.bool(true).text(placed.decision().state()).bytea(placed.body());
        }
        orders.send(copies);
    }

    private void writePersons(Batch batch) throws SQLException {
        Map<String, Batch.Placed> persons = new TreeMap<>();
        for (Batch.Placed placed : batch.placed) {
            persons.put(placed.entry().order().owner() + '\u001f' + placed.person(), placed);
        }
        Object[] all = persons.values().toArray();
        String[] owners = new String[all.length];
        Short[] slots = new Short[all.length];
        String[] names = new String[all.length];
        String[] bodies = new String[all.length];
        int at = 0;
        for (Batch.Placed placed : persons.values()) {
            Order order = placed.entry().order();
            owners[at] = order.owner();
            slots[at] = (short) slot(order.owner());
            names[at] = placed.person();
            bodies[at++] = new String(Bodies.person(order.shipTo()), StandardCharsets.UTF_8);
        }
        try (PreparedStatement insert = connection.prepareStatement(Sql.PERSON)) {
            array(insert, 1, "text", owners);
            array(insert, 2, "int2", slots);
            array(insert, 3, "text", names);
            array(insert, 4, "text", bodies);
            insert.executeUpdate();
        }
    }

    private void writeStock(Batch batch) throws SQLException {
        stock.begin();
        for (Batch.Touched touched : batch.touched.values()) {
            Row row = touched.row();
            stock.row().text(touched.owner()).smallint(slot(touched.owner())).text(row.sku).text(row.lot);
            stock.text(Messages.SITE).text(row.location).nothing().nothing().text("good").bool(false);
            stock.bigint(row.onHand).bigint(row.reserved).bigint(0).nothing();
        }
        stock.send(copies);
        try (PreparedStatement insert = connection.prepareStatement(Sql.STOCK)) {
            insert.executeUpdate();
        }
    }

    private static Copy place(Batch batch, Copy copy, Batch.Entry entry) {
        int log = batch.before(entry.partition()).log();
        return copy.row().integer(log).smallint(entry.partition()).bigint(entry.offset());
    }

    private static int slot(String owner) {
        return Utils.toPositive(Utils.murmur2(owner.getBytes(StandardCharsets.UTF_8))) % SLOTS;
    }
}
