package peers;

/** What the harness says through the environment. */
public final class Settings {

    private Settings() {}

    public static String text(String name) {
        String value = System.getenv("PEER_" + name);
        if (value == null || value.isEmpty()) {
            throw new IllegalStateException("PEER_" + name + " is not set.");
        }
        return value;
    }

    public static int number(String name) {
        return Integer.parseInt(text(name));
    }

    public static boolean flag(String name) {
        return Boolean.parseBoolean(text(name));
    }
}
