package peers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The two messages that lotstream sends for an order, field by field the same. */
public final class Messages {

    public static final String PICK_TASKS = "lotstream.pick_tasks.v1";
    public static final String ORDER_STATUS = "lotstream.order_status.v1";
    public static final String SITE = "NORTH";

    static final JsonFactory JSON = new JsonFactory();

    private Messages() {}

    /** Something that writes JSON. */
    @FunctionalInterface
    public interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    public static byte[] bytes(Body body) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(2048)) {
            try (JsonGenerator json = JSON.createGenerator(bytes)) {
                body.write(json);
            }
            return bytes.toByteArray();
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    public static byte[] pickTasks(Decision decision) {
        return bytes(json -> {
            Order order = decision.order();
            json.writeStartObject();
            json.writeStringField("owner", order.owner());
            json.writeStringField("site", SITE);
            json.writeStringField("source", order.source());
            json.writeStringField("order", order.order());
            json.writeStringField("decision", decision.id());
            json.writeArrayFieldStart("tasks");
            for (Decision.Decided decided : decision.lines()) {
                for (Decision.Take take : decided.takes()) {
                    task(json, order, decided.line(), take);
                }
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void task(JsonGenerator json, Order order, Order.Line line, Decision.Take take)
            throws IOException {
        String quantity = Long.toString(take.quantity());
        json.writeStartObject();
        json.writeStringField("task", take.task());
        json.writeStringField("action", "create");
        json.writeStringField("line", line.line());
        json.writeStringField("sku", line.sku());
        json.writeStringField("lot", take.row().lot);
        json.writeStringField("expires", take.row().expires);
        json.writeStringField("location", take.row().location);
        json.writeNullField("package");
        json.writeStringField("quantity", quantity);
        json.writeStringField("unit", line.unit());
        json.writeArrayFieldStart("serials");
        json.writeEndArray();
        json.writeArrayFieldStart("for");
        json.writeStartObject();
        json.writeStringField("order", order.order());
        json.writeStringField("line", line.line());
        json.writeStringField("quantity", quantity);
        json.writeEndObject();
        json.writeEndArray();
        json.writeEndObject();
    }

    public static byte[] orderStatus(Decision decision) {
        return bytes(json -> {
            Order order = decision.order();
            json.writeStartObject();
            json.writeStringField("owner", order.owner());
            json.writeStringField("source", order.source());
            json.writeStringField("order", order.order());
            json.writeStringField("version", order.version());
            json.writeStringField("status", decision.state());
            json.writeStringField("site", SITE);
            json.writeNullField("code");
            json.writeNullField("message");
            json.writeStringField("decision", decision.id());
            json.writeArrayFieldStart("lines");
            for (Decision.Decided decided : decision.lines()) {
                statusLine(json, decided);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void statusLine(JsonGenerator json, Decision.Decided decided) throws IOException {
        Order.Line line = decided.line();
        json.writeStartObject();
        json.writeStringField("line", line.line());
        json.writeStringField("sku", line.sku());
        json.writeStringField("unit", line.unit());
        json.writeStringField("ordered", Long.toString(line.quantity()));
        json.writeStringField("allocated", Long.toString(line.quantity() - decided.backordered()));
        json.writeStringField("backordered", Long.toString(decided.backordered()));
        json.writeStringField("picked", "0");
        json.writeStringField("shipped", "0");
        json.writeStringField("cancelled", "0");
        json.writeEndObject();
    }
}
