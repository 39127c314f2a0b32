package peers.streams;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import peers.Row;

/** The rows of one SKU as bytes of the state store, in the order of use. */
final class Rows {

    private static final int ROW_BYTES = 64;

    private Rows() {}

    static byte[] write(Row[] rows) {
        try {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(ROW_BYTES * rows.length);
            DataOutputStream out = new DataOutputStream(bytes);
            out.writeInt(rows.length);
            for (Row row : rows) {
                out.writeUTF(row.lot);
                out.writeUTF(row.location);
                out.writeUTF(row.expires);
                out.writeUTF(row.received);
                out.writeLong(row.onHand);
                out.writeLong(row.reserved);
            }
            return bytes.toByteArray();
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }

    static Row[] read(String sku, byte[] bytes) {
        try {
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
            Row[] rows = new Row[in.readInt()];
            for (int at = 0; at < rows.length; at++) {
                rows[at] = new Row(
                        sku, in.readUTF(), in.readUTF(), in.readUTF(), in.readUTF(), in.readLong(), in.readLong());
            }
            return rows;
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
