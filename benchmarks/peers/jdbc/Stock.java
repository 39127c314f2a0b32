package peers.jdbc;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import peers.Row;

/** The stock of the owners met so far, read from PostgreSQL once and kept in memory. */
final class Stock {

    private static final Row[] NOTHING = {};

    private final Connection connection;
    private final Map<String, Map<String, Row[]>> owners = new HashMap<>();

    Stock(Connection connection) {
        this.connection = connection;
    }

    /** Reads the owners that memory lacks. */
    void need(Collection<String> wanted) throws SQLException {
        Set<String> missing = new HashSet<>(wanted);
        missing.removeAll(owners.keySet());
        if (missing.isEmpty()) {
            return;
        }
        Map<String, Map<String, List<Row>>> found = new HashMap<>();
        missing.forEach(owner -> found.put(owner, new HashMap<>()));
        try (PreparedStatement query = connection.prepareStatement(Sql.STOCK_OF_OWNERS)) {
            Array names = connection.createArrayOf("text", missing.toArray());
            query.setArray(1, names);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    Row row = row(rows);
                    found.get(rows.getString("owner")).computeIfAbsent(row.sku, sku -> new ArrayList<>()).add(row);
                }
            }
        }
        found.forEach((owner, shelves) -> owners.put(owner, sorted(shelves)));
    }

    Row[] shelf(String owner, String sku) {
        return owners.get(owner).getOrDefault(sku, NOTHING);
    }

    void forget() {
        owners.clear();
    }

    private static Map<String, Row[]> sorted(Map<String, List<Row>> shelves) {
        Map<String, Row[]> sorted = new HashMap<>();
        shelves.forEach((sku, rows) -> {
            rows.sort(Row.ORDER_OF_USE);
            sorted.put(sku, rows.toArray(NOTHING));
        });
        return sorted;
    }

    private static Row row(ResultSet rows) throws SQLException {
        return new Row(
                rows.getString("sku"),
                rows.getString("lot"),
                rows.getString("location"),
                rows.getString("expires"),
                rows.getString("received"),
                rows.getLong("on_hand"),
                rows.getLong("reserved"));
    }
}
