package peers.jdbc;

import peers.Settings;

/** Names of the outgoing topics. */
final class Topics {

    static final String PICK_TASKS = Settings.text("PICK_TASKS");
    static final String ORDER_STATUS = Settings.text("ORDER_STATUS");

    private Topics() {}
}
