package peers.jdbc;

import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import peers.Decision;
import peers.Headers;
import peers.Ids;
import peers.Messages;
import peers.Order;
import peers.Row;

/** Records of one poll, and everything that follows from them. */
final class Batch {

    /** A record with its headers read; {@code order} is null for what is not an order. */
    record Entry(
            int partition, long offset, long time, String source, String messageId, String type, Order order) {}

    /** An order that was decided, with the bodies of its rows. */
    record Placed(Entry entry, Decision decision, String person, byte[] body, byte[] event, byte[] hash) {}

    /** One outgoing message. */
    record Outgoing(Entry entry, int index, String id, String topic, String type, byte[] value) {}

    /** A stock row that changed. */
    record Touched(String owner, Row row) {}

    private final Map<Integer, Claim> claims;
    private final Stock stock;
    private final Map<Integer, Claim> after = new HashMap<>();
    final List<Entry> entries = new ArrayList<>();
    final Set<Entry> duplicates = new HashSet<>();
    final List<Placed> placed = new ArrayList<>();
    final List<Outgoing> outgoing = new ArrayList<>();
    final Map<Row, Touched> touched = new LinkedHashMap<>();

    Batch(Map<Integer, Claim> claims, Stock stock) {
        this.claims = claims;
        this.stock = stock;
    }

    void read(ConsumerRecord<String, byte[]> record) {
        String type = Headers.text(record.headers(), "ce_type");
        entries.add(new Entry(
                record.partition(),
                record.offset(),
                record.timestamp(),
                Headers.text(record.headers(), "ce_source"),
                Headers.text(record.headers(), "ce_id"),
                type,
                Order.TYPE.equals(type) ? Order.read(record.value()) : null));
    }

    /** Returns source and message id of each record, in pairs. */
    String[][] messageIds() {
        String[] sources = entries.stream().map(Entry::source).toArray(String[]::new);
        String[] ids = entries.stream().map(Entry::messageId).toArray(String[]::new);
        return new String[][] {sources, ids};
    }

    /** Decides the records, in the order of each partition; those {@code seen} before change nothing. */
    void decide(Set<String> seen) throws SQLException {
        Set<String> owners = new LinkedHashSet<>();
        for (Entry entry : entries) {
            if (entry.order() != null) {
                owners.add(entry.order().owner());
            }
        }
        stock.need(owners);
        for (Entry entry : entries) {
            if (!seen.add(key(entry.source(), entry.messageId()))) {
                duplicates.add(entry);
            } else if (entry.order() != null) {
                place(entry);
            }
            advance(entry);
        }
    }

    Claim before(int partition) {
        return claims.get(partition);
    }

    Map<Integer, Claim> after() {
        return after;
    }

    static String key(String source, String messageId) {
        return source + '\u001f' + messageId;
    }

    private void place(Entry entry) {
        Claim claim = claim(entry.partition());
        Order order = entry.order();
        String position = claim.log() + "/" + entry.partition() + "/" + entry.offset();
        Decision decision = Decision.of(order, Ids.of(position), sku -> stock.shelf(order.owner(), sku));
        for (Decision.Decided decided : decision.lines()) {
            for (Decision.Take take : decided.takes()) {
                touched.computeIfAbsent(take.row(), row -> new Touched(order.owner(), row));
            }
        }
        String person = Ids.of(order.owner() + order.shipTo());
        byte[] body = Bodies.order(decision, person, claim.log(), entry.offset());
        byte[] event = Bodies.recorded(decision, body);
        byte[] hash = link(claim.chain(), entry, event);
        after.put(entry.partition(), claim.after(claim.nextOffset(), hash, claim.appendTime(), claim.messageId()));
        placed.add(new Placed(entry, decision, person, body, event, hash));
        int index = 0;
        if (decision.promisesAnything()) {
            send(entry, index++, position, Topics.PICK_TASKS, Messages.PICK_TASKS, Messages.pickTasks(decision));
        }
        send(entry, index, position, Topics.ORDER_STATUS, Messages.ORDER_STATUS, Messages.orderStatus(decision));
    }

    private void send(Entry entry, int index, String position, String topic, String type, byte[] value) {
        outgoing.add(new Outgoing(entry, index, Ids.of(position + "/" + index), topic, type, value));
    }

    private void advance(Entry entry) {
        Claim claim = claim(entry.partition());
        if (entry.offset() != claim.nextOffset()) {
            throw new IllegalStateException("Offset " + entry.offset() + " instead of " + claim.nextOffset());
        }
        long latest = Math.max(claim.appendTime(), entry.time());
        after.put(entry.partition(), claim.after(entry.offset() + 1, claim.chain(), latest, entry.messageId()));
    }

    private Claim claim(int partition) {
        Claim claim = after.get(partition);
        return claim == null ? claims.get(partition) : claim;
    }

    /** Returns the hash of a journal row, linked to the one before it in its partition. */
    private static byte[] link(byte[] previous, Entry entry, byte[] event) {
        MessageDigest digest = Ids.sha256();
        digest.update(previous);
        digest.update(Headers.utf8(entry.partition() + "/" + entry.offset() + "/0/" + Bodies.RECORDED));
        return digest.digest(event);
    }
}
