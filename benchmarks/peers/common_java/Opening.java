package peers;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** Opening stock of one SKU: a record of type {@code lotstream.balance.opened.v1}. */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Opening(String owner, String site, List<Lot> lines) {

    public static final String TYPE = "lotstream.balance.opened.v1";

    private static final ObjectReader READER = new ObjectMapper().readerFor(Opening.class);

    /** One lot in one place. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Lot(String sku, String lot, int quantity, String location, String expires, String received) {}

    public static Opening read(byte[] value) {
        try {
            return READER.readValue(value);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
