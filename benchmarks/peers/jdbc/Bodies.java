package peers.jdbc;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import peers.Decision;
import peers.Headers;
import peers.Messages;
import peers.Order;

/** The JSON that lotstream keeps of an order: in the table of orders, in the journal, and of its consignee. */
final class Bodies {

    static final String RECORDED = "OrderRecorded";

    /** Log numbers stand above offsets in the order of arrival. */
    private static final int OFFSET_BITS = 48;

    private Bodies() {}

    static byte[] order(Decision decision, String person, int log, long offset) {
        return Messages.bytes(json -> {
            Order order = decision.order();
            json.writeStartObject();
            json.writeArrayFieldStart("key");
            json.writeString(order.source());
            json.writeString(order.order());
            json.writeEndArray();
            json.writeStringField("version", order.version());
            json.writeStringField("placed_at", order.placedAt());
            json.writeNumberField("arrival", ((long) log << OFFSET_BITS) + offset);
            json.writeStringField("content", decision.id());
            json.writeNullField("customer");
            json.writeStringField("site", Messages.SITE);
            json.writeStringField("state", decision.state());
            json.writeStringField("person", person);
            address(json, order);
            json.writeObjectFieldStart("references");
            for (var reference : order.references().entrySet()) {
                json.writeStringField(reference.getKey(), reference.getValue());
            }
            json.writeEndObject();
            json.writeArrayFieldStart("lines");
            for (Decision.Decided decided : decision.lines()) {
                line(json, decided);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** The event: the order as it is afterwards, encoded once, and the decisions on its lines. */
    static byte[] recorded(Decision decision, byte[] order) {
        byte[] decisions = Messages.bytes(json -> {
            json.writeStartArray();
            for (Decision.Decided decided : decision.lines()) {
                decision(json, decided);
            }
            json.writeEndArray();
        });
        ByteArrayOutputStream event = new ByteArrayOutputStream(order.length + decisions.length + 32);
        event.writeBytes(Headers.utf8("{\"order\":"));
        event.writeBytes(order);
        event.writeBytes(Headers.utf8(",\"decisions\":"));
        event.writeBytes(decisions);
        event.writeBytes(Headers.utf8("}"));
        return event.toByteArray();
    }

    static byte[] person(Order.ShipTo shipTo) {
        return Messages.bytes(json -> {
            json.writeStartObject();
            json.writeStringField("name", shipTo.name());
            json.writeNullField("company");
            json.writeArrayFieldStart("street");
            for (String line : shipTo.street()) {
                json.writeString(line);
            }
            json.writeEndArray();
            json.writeNullField("phone");
            json.writeNullField("email");
            json.writeEndObject();
        });
    }

    private static void address(JsonGenerator json, Order order) throws IOException {
        json.writeStringField("city", order.shipTo().city());
        json.writeStringField("region", order.shipTo().region());
        json.writeStringField("postcode", order.shipTo().postcode());
        json.writeStringField("country", order.shipTo().country());
        json.writeStringField("scac", order.carrier().scac());
        json.writeStringField("service", order.carrier().service());
    }

    private static void line(JsonGenerator json, Decision.Decided decided) throws IOException {
        json.writeStartObject();
        json.writeStringField("line", decided.line().line());
        json.writeStringField("sku", decided.line().sku());
        json.writeStringField("unit", decided.line().unit());
        json.writeNumberField("unit_factor", 1);
        json.writeNumberField("ordered", decided.line().quantity());
        reservations(json, "reservations", decided);
        json.writeEndObject();
    }

    private static void decision(JsonGenerator json, Decision.Decided decided) throws IOException {
        json.writeStartObject();
        json.writeStringField("line", decided.line().line());
        reservations(json, "reserved", decided);
        json.writeNumberField("backordered", decided.backordered());
        json.writeStringField("policy", "FEFO");
        json.writeStringField("policy_from", "settings");
        json.writeArrayFieldStart("considered");
        for (Decision.Take take : decided.takes()) {
            json.writeStartObject();
            json.writeStringField("lot", take.row().lot);
            json.writeStringField("location", take.row().location);
            json.writeStringField("expires", take.row().expires);
            json.writeNumberField("taken", take.quantity());
            json.writeNumberField("free", take.freeBefore());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void reservations(JsonGenerator json, String name, Decision.Decided decided) throws IOException {
        json.writeArrayFieldStart(name);
        for (Decision.Take take : decided.takes()) {
            json.writeStartObject();
            json.writeStringField("task", take.task());
            json.writeArrayFieldStart("row");
            json.writeString(take.row().sku);
            json.writeString(take.row().lot);
            json.writeString(Messages.SITE);
            json.writeString(take.row().location);
            json.writeNull();
            json.writeNull();
            json.writeString("good");
            json.writeBoolean(false);
            json.writeEndArray();
            json.writeNumberField("quantity", take.quantity());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
