package peers;

import java.util.Comparator;

/** One lot in one place, with what is promised of it. Dates are ISO text, which sorts as the dates do. */
public final class Row {

    /** The total order in which lots are used: last day of use, day received, lot, location. */
    public static final Comparator<Row> ORDER_OF_USE = Comparator.comparing((Row row) -> row.expires)
            .thenComparing(row -> row.received)
            .thenComparing(row -> row.lot)
            .thenComparing(row -> row.location);

    public final String sku;
    public final String lot;
    public final String location;
    public final String expires;
    public final String received;
    public final long onHand;
    public long reserved;

    public Row(
            String sku, String lot, String location, String expires, String received, long onHand, long reserved) {
        this.sku = sku;
        this.lot = lot;
        this.location = location;
        this.expires = expires;
        this.received = received;
        this.onHand = onHand;
        this.reserved = reserved;
    }

    public long free() {
        return onHand - reserved;
    }
}
