package peers;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** CloudEvents headers, as lotstream reads and writes them. */
public final class Headers {

    private static final byte[] SPEC_VERSION = utf8("1.0");
    private static final byte[] JSON = utf8("application/json");
    private static final byte[] SOURCE = utf8("lotstream");

    private Headers() {}

    public static String text(org.apache.kafka.common.header.Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    public static org.apache.kafka.common.header.Headers of(String type, String id, String time) {
        return new RecordHeaders(new Header[] {
            new RecordHeader("ce_id", utf8(id)),
            new RecordHeader("ce_source", SOURCE),
            new RecordHeader("ce_specversion", SPEC_VERSION),
            new RecordHeader("ce_type", utf8(type)),
            new RecordHeader("ce_dataschema", utf8("urn:lotstream:schema:" + type)),
            new RecordHeader("content-type", JSON),
            new RecordHeader("ce_time", utf8(time)),
        });
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
