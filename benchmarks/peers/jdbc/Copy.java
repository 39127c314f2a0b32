package peers.jdbc;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import peers.Headers;

/** Rows on their way into a table: PostgreSQL's binary COPY format, as asyncpg writes it too. */
final class Copy {

    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};
    private static final short END = -1;
    private static final int NULL = -1;
    /** Milliseconds from 1970 to PostgreSQL's epoch, 2000-01-01. */
    private static final long EPOCH_MS = 946_684_800_000L;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 20);
    private final DataOutputStream out = new DataOutputStream(bytes);
    private final String statement;
    private final int columns;

    /** @param columns comma-separated, as SQL writes them */
    Copy(String table, String columns) {
        this.statement = "COPY " + table + " (" + columns + ") FROM STDIN (FORMAT binary)";
        this.columns = columns.split(",").length;
    }

    /** Something that writes to memory, which cannot fail. */
    @FunctionalInterface
    private interface Write {
        void to(DataOutputStream out) throws IOException;
    }

    Copy begin() {
        bytes.reset();
        return write(out -> {
            out.write(SIGNATURE);
            out.writeInt(0);
            out.writeInt(0);
        });
    }

    Copy row() {
        return write(out -> out.writeShort(columns));
    }

    Copy smallint(int value) {
        return write(out -> {
            out.writeInt(Short.BYTES);
            out.writeShort(value);
        });
    }

    Copy integer(int value) {
        return write(out -> {
            out.writeInt(Integer.BYTES);
            out.writeInt(value);
        });
    }

    Copy bigint(long value) {
        return write(out -> {
            out.writeInt(Long.BYTES);
            out.writeLong(value);
        });
    }

    Copy bool(boolean value) {
        return write(out -> {
            out.writeInt(1);
            out.writeBoolean(value);
        });
    }

    /** @param milliseconds since 1970 */
    Copy timestamp(long milliseconds) {
        return bigint((milliseconds - EPOCH_MS) * 1000);
    }

    Copy text(String value) {
        return value == null ? nothing() : bytea(Headers.utf8(value));
    }

    Copy bytea(byte[] value) {
        return write(out -> {
            out.writeInt(value.length);
            out.write(value);
        });
    }

    Copy nothing() {
        return write(out -> out.writeInt(NULL));
    }

    void send(CopyManager manager) throws SQLException {
        write(out -> out.writeShort(END));
        CopyIn copy = manager.copyIn(statement);
        byte[] all = bytes.toByteArray();
        copy.writeToCopy(all, 0, all.length);
        copy.endCopy();
    }

    private Copy write(Write write) {
        try {
            write.to(out);
            return this;
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
