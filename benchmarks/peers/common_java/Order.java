package peers;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** An order as it stands in the log: a record of type {@code lotstream.order.placed.v1}. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Order(
        String owner,
        String source,
        String order,
        String version,
        @JsonProperty("placed_at") String placedAt,
        @JsonProperty("ship_to") ShipTo shipTo,
        Carrier carrier,
        Map<String, String> references,
        List<Line> lines) {

    public static final String TYPE = "lotstream.order.placed.v1";

    private static final ObjectReader READER = new ObjectMapper().readerFor(Order.class);

    /** One line; quantities of the load are whole smallest units. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Line(String line, String sku, int quantity, String unit) {}

    /** Where it goes. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record ShipTo(
            String name, List<String> street, String city, String region, String postcode, String country) {}

    /** Who takes it. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Carrier(String scac, String service) {}

    public static Order read(byte[] value) {
        try {
            return READER.readValue(value);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
