package peers.jdbc;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import peers.Settings;

/** One thread: a consumer, a connection, and the stock of the owners it has met. */
final class Worker implements Runnable, ConsumerRebalanceListener {

    private static final Duration POLL = Duration.ofMillis(200);

    private final AtomicBoolean stopping;
    private final CountDownLatch ended;
    private final String topic = Settings.text("INBOUND");
    private final Connection connection;
    private final KafkaConsumer<String, byte[]> consumer;
    private final Relay relay;
    private final String holder;
    private final Map<Integer, Claim> claims = new HashMap<>();
    private final Stock stock;
    private final Transaction transaction;

    Worker(int number, AtomicBoolean stopping, CountDownLatch ended) {
        this.stopping = stopping;
        this.ended = ended;
        this.holder = Settings.text("GROUP") + "-" + number;
        this.connection = connect();
        this.consumer = new KafkaConsumer<>(consumerSettings(), new StringDeserializer(), new ByteArrayDeserializer());
        this.relay = Settings.flag("RELAY") ? new Relay(holder) : null;
        this.stock = new Stock(connection);
        this.transaction = new Transaction(connection);
    }

    @Override
    public void run() {
        try (connection; consumer) {
            consumer.subscribe(List.of(topic), this);
            while (!stopping.get()) {
                ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
                if (!records.isEmpty()) {
                    commit(records);
                }
            }
            if (relay != null) {
                relay.close();
            }
        } catch (SQLException error) {
            throw new IllegalStateException(error);
        } finally {
            ended.countDown();
        }
    }

    /** Decides a batch in memory and writes everything that follows from it in one transaction. */
    private void commit(ConsumerRecords<String, byte[]> records) throws SQLException {
        Batch batch = new Batch(claims, stock);
        for (TopicPartition partition : records.partitions()) {
            for (ConsumerRecord<String, byte[]> record : records.records(partition)) {
                batch.read(record);
            }
        }
        batch.decide(transaction.seen(batch.messageIds()));
        transaction.write(batch);
        claims.putAll(batch.after());
        if (relay != null) {
            relay.publish(batch);
        }
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        try {
            for (Claim claim : transaction.take(partitions, holder)) {
                claims.put(claim.partition(), claim);
                consumer.seek(new TopicPartition(topic, claim.partition()), claim.nextOffset());
            }
        } catch (SQLException error) {
            throw new IllegalStateException(error);
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        if (relay != null) {
            relay.finish();
        }
        partitions.forEach(partition -> claims.remove(partition.partition()));
        stock.forget();
    }

    private static Connection connect() {
        try {
            Connection connection = DriverManager.getConnection(Settings.text("JDBC_URL"));
            try (Statement statement = connection.createStatement()) {
                // The settings of a session of lotstream: every query is by key, whatever the planner thinks.
                statement.execute("SET search_path = lotstream; SET timezone = 'UTC'; SET jit = off;"
                        + " SET work_mem = '16MB'; SET enable_seqscan = off; SET enable_hashjoin = off;"
                        + " SET enable_mergejoin = off");
                statement.execute(Sql.CREATE_STAGING);
            }
            connection.setAutoCommit(false);
            return connection;
        } catch (SQLException error) {
            throw new IllegalStateException(error);
        }
    }

    private static Properties consumerSettings() {
        Properties settings = new Properties();
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, Settings.text("BOOTSTRAP"));
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, Settings.text("GROUP"));
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, Settings.number("BATCH"));
        return settings;
    }
}
