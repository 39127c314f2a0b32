package peers.jdbc;

/** One partition's row: how far it is, who may write it, and the head of its hash chain. Times are milliseconds. */
record Claim(
        int partition,
        int log,
        long nextOffset,
        long epoch,
        String holder,
        byte[] chain,
        String today,
        long appendTime,
        String messageId) {

    Claim after(long nextOffset, byte[] chain, long appendTime, String messageId) {
        return new Claim(partition, log, nextOffset, epoch, holder, chain, today, appendTime, messageId);
    }
}
