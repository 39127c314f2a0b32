package peers.streams;

import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.Stores;
import peers.Settings;

/**
 * The decision on Kafka Streams, exactly once: stock in a state store (RocksDB and its changelog topic), pick tasks and
 * order states to their topics, input offsets in the same Kafka transactions. Settings are the defaults of Kafka Streams
 * but for the guarantee and the number of threads.
 */
public final class StreamsPeer {

    static final String STOCK = "stock";

    private StreamsPeer() {}

    public static void main(String[] arguments) throws InterruptedException {
        KafkaStreams streams = new KafkaStreams(topology(), settings());
        CountDownLatch ended = new CountDownLatch(1);
        streams.setUncaughtExceptionHandler(error -> {
            error.printStackTrace();
            Runtime.getRuntime().halt(1);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            streams.close();
            ended.countDown();
        }));
        streams.start();
        ended.await();
    }

    private static Topology topology() {
        Topology topology = new Topology();
        var bytes = Serdes.ByteArray();
        var text = Serdes.String();
        topology.addSource("orders", text.deserializer(), bytes.deserializer(), Settings.text("INBOUND"));
        topology.addProcessor("decide", Decider::new, "orders");
        topology.addStateStore(
                Stores.keyValueStoreBuilder(Stores.persistentKeyValueStore(STOCK), text, bytes).withCachingEnabled(),
                "decide");
        topology.addSink(
                Decider.PICK_TASKS, Settings.text("PICK_TASKS"), text.serializer(), bytes.serializer(), "decide");
        topology.addSink(
                Decider.ORDER_STATUS, Settings.text("ORDER_STATUS"), text.serializer(), bytes.serializer(), "decide");
        return topology;
    }

    private static Properties settings() {
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, Settings.text("GROUP"));
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, Settings.text("BOOTSTRAP"));
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, Settings.number("WORKERS"));
        settings.put(StreamsConfig.STATE_DIR_CONFIG, Settings.text("FOLDER") + "/state");
        return settings;
    }
}
