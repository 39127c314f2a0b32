package peers;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Ids that follow from where a record stands in the log; SHA-256 in the place of BLAKE2b, which Java lacks. */
public final class Ids {

    private static final HexFormat HEX = HexFormat.of();
    private static final int ID_BYTES = 16;

    private static final ThreadLocal<MessageDigest> SHA256 = ThreadLocal.withInitial(Ids::newSha256);

    private Ids() {}

    public static String of(String text) {
        byte[] digest = sha256().digest(text.getBytes(StandardCharsets.UTF_8));
        return HEX.formatHex(digest, 0, ID_BYTES);
    }

    public static String hex8(int number) {
        return HEX.toHexDigits(number);
    }

    /** Returns this thread's digest, reset. */
    public static MessageDigest sha256() {
        MessageDigest digest = SHA256.get();
        digest.reset();
        return digest;
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException error) {
            throw new IllegalStateException(error);
        }
    }
}
