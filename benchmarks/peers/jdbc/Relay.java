package peers.jdbc;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import peers.Headers;
import peers.Settings;

/** Publishes what is committed, one Kafka transaction per batch with its positions in it, one batch behind the commit. */
final class Relay {

    private final KafkaProducer<String, byte[]> producer;
    private final ConsumerGroupMetadata group = new ConsumerGroupMetadata(Settings.text("GROUP") + "-relay");
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private Future<?> last;

    Relay(String transactionalId) {
        Properties settings = new Properties();
        settings.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, Settings.text("BOOTSTRAP"));
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        this.producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
        producer.initTransactions();
    }

    /** Hands a batch over; waits until the batch before it is published. */
    void publish(Batch batch) {
        finish();
        last = thread.submit(() -> send(batch));
    }

    void finish() {
        if (last == null) {
            return;
        }
        try {
            last.get();
        } catch (ExecutionException error) {
            throw new IllegalStateException(error.getCause());
        } catch (InterruptedException error) {
            throw new IllegalStateException(error);
        }
    }

    void close() {
        finish();
        thread.shutdown();
        producer.close();
    }

    private void send(Batch batch) {
        producer.beginTransaction();
        for (Batch.Outgoing message : batch.outgoing) {
            String time = Instant.ofEpochMilli(message.entry().time()).toString();
            var headers = Headers.of(message.type(), message.id(), time);
            String key = message.entry().order().order();
            producer.send(new ProducerRecord<>(message.topic(), null, null, key, message.value(), headers));
        }
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        batch.after().forEach((partition, claim) -> positions.put(
                new TopicPartition(Settings.text("INBOUND"), partition), new OffsetAndMetadata(claim.nextOffset())));
        producer.sendOffsetsToTransaction(positions, group);
        // Fails when one send has failed.
        producer.commitTransaction();
    }
}
