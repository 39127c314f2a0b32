package peers.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import peers.Settings;

/**
 * A plain Java consumer that writes what lotstream writes: the same rows into the same tables, one PostgreSQL transaction
 * per batch. With the relay on it publishes the outgoing messages too, in one Kafka transaction per batch.
 */
public final class JdbcPeer {

    private JdbcPeer() {}

    public static void main(String[] arguments) throws InterruptedException {
        AtomicBoolean stopping = new AtomicBoolean();
        List<Thread> workers = new ArrayList<>();
        CountDownLatch ended = new CountDownLatch(Settings.number("WORKERS"));
        for (int number = 0; number < Settings.number("WORKERS"); number++) {
            Worker worker = new Worker(number, stopping, ended);
            Thread thread = new Thread(worker, "worker-" + number);
            // As lotstream does: what was not committed is read again, so an error ends the process.
            thread.setUncaughtExceptionHandler((failed, error) -> {
                error.printStackTrace();
                Runtime.getRuntime().halt(1);
            });
            workers.add(thread);
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            stopping.set(true);
            await(ended);
        }));
        workers.forEach(Thread::start);
        ended.await();
    }

    private static void await(CountDownLatch ended) {
        try {
            ended.await();
        } catch (InterruptedException error) {
            Thread.currentThread().interrupt();
        }
    }
}
