package peers.streams;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import peers.Decision;
import peers.Headers;
import peers.Ids;
import peers.Messages;
import peers.Opening;
import peers.Order;
import peers.Row;

/** Decides orders against the stock of its partition's owners. */
final class Decider implements Processor<String, byte[], String, byte[]> {

    static final String PICK_TASKS = "pick-tasks";
    static final String ORDER_STATUS = "order-status";

    private static final Row[] NOTHING = {};

    private ProcessorContext<String, byte[]> context;
    private KeyValueStore<String, byte[]> stock;

    @Override
    public void init(ProcessorContext<String, byte[]> context) {
        this.context = context;
        this.stock = context.getStateStore(StreamsPeer.STOCK);
    }

    @Override
    public void process(Record<String, byte[]> record) {
        String type = Headers.text(record.headers(), "ce_type");
        if (Order.TYPE.equals(type)) {
            decide(record);
        } else if (Opening.TYPE.equals(type)) {
            open(Opening.read(record.value()));
        }
    }

    private void open(Opening opening) {
        Map<String, List<Row>> rows = new HashMap<>();
        for (Opening.Lot lot : opening.lines()) {
            Row row = new Row(lot.sku(), lot.lot(), lot.location(), lot.expires(), lot.received(), lot.quantity(), 0);
            rows.computeIfAbsent(lot.sku(), sku -> new ArrayList<>()).add(row);
        }
        rows.forEach((sku, lots) -> {
            lots.sort(Row.ORDER_OF_USE);
            stock.put(key(opening.owner(), sku), Rows.write(lots.toArray(NOTHING)));
        });
    }

    private void decide(Record<String, byte[]> record) {
        Order order = Order.read(record.value());
        RecordMetadata place = context.recordMetadata().orElseThrow();
        String position = place.partition() + "/" + place.offset();
        Map<String, Row[]> shelves = new HashMap<>();
        Decision decision = Decision.of(
                order, Ids.of(position), sku -> shelves.computeIfAbsent(sku, wanted -> shelf(order.owner(), wanted)));
        shelves.forEach((sku, rows) -> stock.put(key(order.owner(), sku), Rows.write(rows)));
        String time = Instant.ofEpochMilli(record.timestamp()).toString();
        if (decision.promisesAnything()) {
            byte[] tasks = Messages.pickTasks(decision);
            var headers = Headers.of(Messages.PICK_TASKS, Ids.of(position + "/0"), time);
            context.forward(new Record<>(order.order(), tasks, record.timestamp(), headers), PICK_TASKS);
        }
        byte[] status = Messages.orderStatus(decision);
        var headers = Headers.of(Messages.ORDER_STATUS, Ids.of(position + "/1"), time);
        context.forward(new Record<>(order.order(), status, record.timestamp(), headers), ORDER_STATUS);
    }

    private Row[] shelf(String owner, String sku) {
        byte[] rows = stock.get(key(owner, sku));
        return rows == null ? NOTHING : Rows.read(sku, rows);
    }

    private static String key(String owner, String sku) {
        return owner + "/" + sku;
    }
}
