package peers;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What becomes of an order: first expired, first out, line by line. */
public record Decision(Order order, String id, String taskPrefix, List<Decided> lines) {

    /** Units of one row promised to a line, and what was free of the row before. */
    public record Take(Row row, long quantity, long freeBefore, String task) {}

    /** One line with what it got. */
    public record Decided(Order.Line line, List<Take> takes, long backordered) {}

    /**
     * Takes rows in their order until each line has what it wants, and notes on the rows what is promised.
     *
     * @param shelf the rows of a SKU, in the order of use
     */
    public static Decision of(Order order, String id, Function<String, Row[]> shelf) {
        String prefix = id.substring(0, 24);
        List<Decided> lines = new ArrayList<>(order.lines().size());
        int tasks = 0;
        for (Order.Line line : order.lines()) {
            long wanted = line.quantity();
            List<Take> takes = new ArrayList<>(1);
            for (Row row : shelf.apply(line.sku())) {
                if (wanted == 0) {
                    break;
                }
                long free = row.free();
                long taken = Math.min(free, wanted);
                if (taken > 0) {
                    row.reserved += taken;
                    wanted -= taken;
                    takes.add(new Take(row, taken, free, prefix + Ids.hex8(++tasks)));
                }
            }
            lines.add(new Decided(line, takes, wanted));
        }
        return new Decision(order, id, prefix, lines);
    }

    public boolean promisesAnything() {
        for (Decided line : lines) {
            if (!line.takes().isEmpty()) {
                return true;
            }
        }
        return false;
    }

    public String state() {
        boolean wanting = false;
        for (Decided line : lines) {
            wanting |= line.backordered() > 0;
        }
        if (!wanting) {
            return "allocated";
        }
        return promisesAnything() ? "partly_allocated" : "backordered";
    }
}
