package org.postrider.server.config;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.auth.AuthSettings;
import org.postrider.control.operation.Installation;
import org.postrider.control.operation.Refusal;
import org.postrider.control.operation.Service;
import org.postrider.smtp.SmtpSettings;
import org.postrider.smtp.check.CheckSettings;
import org.postrider.smtp.relay.RelaySettings;
import org.postrider.storage.StoreSettings;
import org.postrider.wire.AddressBlock;
import org.postrider.wire.TlsSettings;
import org.postrider.wire.WireLimits;

/**
 * Finds and reads the configuration. The command line goes before the environment, that before the
 * file, that before the defaults.
 */
public final class ConfigurationLoader {
  private static final String FILE_NAME = "postrider.yaml";
  private static final Path SYSTEM_FILE = Path.of("/etc/postrider", FILE_NAME);

  private final String version;

  public ConfigurationLoader(String version) {
    this.version = version;
  }

  /**
   * Reads the configuration of an installation.
   *
   * @param data the value of {@code --data}, or null
   * @param file the value of {@code --config}, or null
   * @throws Refusal with a line for each thing that is wrong, naming its place
   */
  public Configuration load(
      @Nullable Path data, @Nullable Path file, Map<String, String> environment) throws Refusal {
    List<String> problems = new ArrayList<>();
    List<Layer> layers = new ArrayList<>();
    layers.add(Layer.of("--data", data == null ? Map.of() : Map.of("data", data.toString())));
    layers.add(Layer.ofEnvironment(environment, problems));
    Optional<Path> found = find(file, environment, layers, problems);
    if (found.isPresent()) {
      layers.add(YamlFile.read(found.get(), problems));
    }
    return build(layers, problems);
  }

  /**
   * A configuration that is given in code.
   *
   * @param place what {@code postrider config} shows as the origin
   */
  public Configuration of(String place, Map<String, String> values) throws Refusal {
    return build(List.of(Layer.of(place, values)), new ArrayList<>());
  }

  private static Optional<Path> find(
      @Nullable Path option,
      Map<String, String> environment,
      List<Layer> layers,
      List<String> problems) {
    @Nullable String variable = environment.get("POSTRIDER_CONFIG");
    @Nullable Path named =
        option != null || variable == null || variable.isEmpty() ? option : Path.of(variable);
    if (named != null) {
      if (!Files.isRegularFile(named)) {
        String who = option != null ? "--config" : "POSTRIDER_CONFIG";
        problems.add(who + ": there is no file " + named + ".");
        return Optional.empty();
      }
      return Optional.of(named);
    }
    Optional<Path> data =
        layers.stream()
            .flatMap(layer -> layer.find("data").stream())
            .findFirst()
            .map(located -> Path.of(located.value()));
    Path inData = data.orElseGet(Settings::standardData).resolve(FILE_NAME);
    if (Files.isRegularFile(inData)) {
      return Optional.of(inData);
    }
    return data.isEmpty() && Files.isRegularFile(SYSTEM_FILE)
        ? Optional.of(SYSTEM_FILE)
        : Optional.empty();
  }

  private Configuration build(List<Layer> layers, List<String> problems) throws Refusal {
    Values values = new Values(layers, problems);
    Path data = values.get(Settings.DATA);
    Map<Service, InetSocketAddress> listeners = new EnumMap<>(Service.class);
    Map<Service, Integer> ports = new EnumMap<>(Service.class);
    Settings.LISTEN.forEach((service, setting) ->
        values
            .get(setting)
            .ifPresent(address -> {
              listeners.put(service, address);
              ports.put(service, address.getPort());
            }));
    @Nullable TlsSettings tls = tls(values);
    if (values.get(Settings.AUTH_DELAY_MAX).compareTo(values.get(Settings.AUTH_DELAY)) < 0) {
      values.problem(Settings.AUTH_DELAY_MAX, "it is at least auth.failure-delay");
    }
    @Nullable RelaySettings relay = RelayConfiguration.of(values);
    CheckSettings checks = CheckConfiguration.of(values);
    if (!problems.isEmpty()) {
      throw new Refusal(Refusal.Reason.BAD_ARGUMENT, String.join("\n", problems));
    }
    Installation installation =
        new Installation(
            version, data, store(values), values.get(Settings.HOSTNAME), ports, values.entries());
    return new Configuration(
        installation,
        listeners,
        tls,
        wire(values),
        auth(values),
        new Configuration.SessionLimits(
            values.get(Settings.MESSAGE_SIZE),
            values.get(Settings.RECIPIENTS),
            values.get(Settings.RECEIVED),
            values.get(Settings.ERRORS),
            values.get(Settings.SMTP_IDLE),
            values.get(Settings.POP3_IDLE),
            values.get(Settings.IMAP_IDLE),
            new SmtpSettings.ExtensionLimits(
                values.get(Settings.TRANSACTIONS),
                values.get(Settings.RECIPIENT_DOMAINS),
                values.get(Settings.HOLD),
                values.get(Settings.ETRN_FROM).stream().map(AddressBlock::parse).toList(),
                Duration.ofSeconds(values.get(Settings.QUEUE_HOLD_SECONDS))),
            values.get(Settings.LMTP_TRUSTED).stream().map(AddressBlock::parse).toList()),
        new HousekeepingSettings(
            values.get(Settings.STORAGE_SWEEP),
            values.get(Settings.STORAGE_SCRUB),
            values.get(Settings.STORAGE_SCRUB_RATE),
            values.get(Settings.STORAGE_SEARCH_INDEX).equals("on")),
        relay,
        checks,
        values.get(Settings.LOG_LEVEL));
  }

  private static @Nullable TlsSettings tls(Values values) {
    Optional<Path> certificate = values.get(Settings.TLS_CERTIFICATE);
    Optional<Path> key = values.get(Settings.TLS_KEY);
    if (certificate.isPresent() && key.isPresent()) {
      return new TlsSettings(certificate.get(), key.get());
    }
    if (certificate.isPresent() != key.isPresent()) {
      Setting<?> given = certificate.isPresent() ? Settings.TLS_CERTIFICATE : Settings.TLS_KEY;
      Setting<?> missing = certificate.isPresent() ? Settings.TLS_KEY : Settings.TLS_CERTIFICATE;
      values.problem(given, "it needs " + missing.key() + " beside it, and that is not set");
    }
    return null;
  }

  private static AuthSettings auth(Values values) {
    AuthSettings defaults = AuthSettings.defaults();
    return new AuthSettings(
        values.get(Settings.AUTH_DELAY),
        values.get(Settings.AUTH_DELAY_MAX),
        values.get(Settings.AUTH_HALF_LIFE),
        values.get(Settings.AUTH_CACHE),
        values.get(Settings.AUTH_FAMILIARITY),
        defaults.waitingMax(),
        defaults.entriesMax(),
        values.get(Settings.AUTH_ITERATIONS));
  }

  private static StoreSettings store(Values values) {
    StoreSettings defaults = StoreSettings.of(values.get(Settings.STORAGE_URL));
    return new StoreSettings(
        defaults.url(),
        values.get(Settings.STORAGE_CACHE),
        values.get(Settings.STORAGE_READERS),
        defaults.batchJobs(),
        defaults.batchBytes(),
        defaults.stageBytes(),
        values.get(Settings.MESSAGE_SIZE),
        values.get(Settings.STORAGE_RETENTION),
        values.get(Settings.STORAGE_AUDIT_RETENTION),
        values.get(Settings.STORAGE_FOLDERS),
        defaults.keywordsMax(),
        values.get(Settings.STORAGE_RESERVE),
        values.get(Settings.IMAP_OUTBOX).equals("on"));
  }

  private static WireLimits wire(Values values) {
    return new WireLimits(
        values.get(Settings.CONNECTIONS),
        values.get(Settings.CONNECTIONS_PER_ADDRESS),
        WireLimits.defaults().idleTimeout(),
        values.get(Settings.WRITE_TIMEOUT),
        values.get(Settings.HANDSHAKE_TIMEOUT),
        values.get(Settings.PROXY_TRUSTED));
  }

  /**
   * The keys whose values differ and that a reload does not put into effect.
   *
   * @param now what is in effect
   * @param next what was read
   */
  public static List<String> needRestart(Configuration now, Configuration next) {
    List<String> keys = new ArrayList<>();
    for (Setting<?> setting : Settings.ALL) {
      if (!setting.reloadable() && !value(now, setting.key()).equals(value(next, setting.key()))) {
        keys.add(setting.key());
      }
    }
    return keys;
  }

  private static String value(Configuration configuration, String key) {
    return configuration.installation().entries().stream()
        .filter(entry -> entry.key().equals(key))
        .map(Installation.Entry::value)
        .findFirst()
        .orElse("");
  }
}
