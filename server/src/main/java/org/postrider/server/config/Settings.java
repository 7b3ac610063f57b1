package org.postrider.server.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.postrider.auth.AuthSettings;
import org.postrider.control.operation.Service;
import org.postrider.server.config.Syntax.HostPort;
import org.postrider.smtp.relay.RelaySettings.Level;

/** All settings there are. */
final class Settings {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final Path SYSTEM_DATA = Path.of("/var/lib/postrider");

  static final Setting<String> HOSTNAME =
      new Setting<>("hostname", data -> machineName(), Syntax::hostname, false);
  static final Setting<Path> DATA =
      new Setting<>("data", data -> standardData().toString(), Syntax::path, false);
  static final Setting<String> STORAGE_URL =
      new Setting<>("storage.url", data -> "h2:" + data, Syntax::storageUrl, false);
  static final Setting<Duration> STORAGE_RETENTION =
      Setting.of("storage.retention", "14d", Syntax.time(Duration.ZERO, DAY.multipliedBy(3650)));
  static final Setting<Duration> STORAGE_AUDIT_RETENTION =
      Setting.of(
          "storage.audit-retention", "30d", Syntax.time(Duration.ZERO, DAY.multipliedBy(3650)));
  static final Setting<Duration> STORAGE_SWEEP =
      Setting.of("storage.sweep-interval", "1h", Syntax.time(SECOND, DAY));
  static final Setting<Long> STORAGE_RESERVE =
      Setting.of("storage.reserve", "64MB", Syntax.size(0, 1L << 60));
  static final Setting<Duration> STORAGE_SCRUB =
      Setting.of("storage.scrub-period", "14d", Syntax.time(Duration.ZERO, DAY.multipliedBy(365)));
  static final Setting<Long> STORAGE_SCRUB_RATE =
      Setting.of("storage.scrub-rate", "4MB", Syntax.size(64 << 10, 1L << 30));
  static final Setting<String> STORAGE_SEARCH_INDEX =
      Setting.of("storage.search-index", "on", Syntax.word("on", "off"));
  static final Setting<Integer> STORAGE_CACHE =
      Setting.of("storage.cache-megabytes", "32", Syntax.number(1, 4096));
  static final Setting<Integer> STORAGE_READERS =
      Setting.of("storage.read-connections", "8", Syntax.number(1, 256));
  static final Setting<Integer> STORAGE_FOLDERS =
      Setting.of("storage.folders-per-user", "10000", Syntax.number(10, 1_000_000));

  static final Map<Service, Setting<Optional<InetSocketAddress>>> LISTEN = listen();

  static final Setting<Optional<Path>> TLS_CERTIFICATE =
      Setting.of("tls.certificate", "", Syntax::file).afterReload();
  static final Setting<Optional<Path>> TLS_KEY =
      Setting.of("tls.key", "", Syntax::file).afterReload();

  static final Setting<Long> MESSAGE_SIZE =
      Setting.of("limits.message-size", "100MB", Syntax.size(64 << 10, 2L << 30));
  static final Setting<Integer> RECIPIENTS =
      Setting.of("limits.recipients", "1000", Syntax.number(100, 100_000));
  static final Setting<Integer> RECEIVED =
      Setting.of("limits.received", "50", Syntax.number(10, 1000));
  static final Setting<Integer> ERRORS =
      Setting.of("limits.errors", "20", Syntax.number(1, 10_000));
  static final Setting<Integer> TRANSACTIONS =
      Setting.of("limits.messages-per-session", "0", Syntax.number(0, 1_000_000));
  static final Setting<Integer> RECIPIENT_DOMAINS =
      Setting.of("limits.recipient-domains", "0", Syntax.number(0, 10_000));
  static final Setting<Duration> HOLD =
      Setting.of("limits.hold", "30d", Syntax.time(Duration.ZERO, DAY.multipliedBy(3650)));
  static final Setting<List<String>> ETRN_FROM =
      Setting.of("limits.etrn-from", "", Syntax::addressBlocks);
  static final Setting<Integer> CONNECTIONS =
      Setting.of("limits.connections", "20000", Syntax.number(1, 10_000_000)).afterReload();
  static final Setting<Integer> CONNECTIONS_PER_ADDRESS =
      Setting.of("limits.connections-per-address", "200", Syntax.number(1, 10_000_000))
          .afterReload();
  static final Setting<Duration> SMTP_IDLE =
      Setting.of("limits.smtp-idle", "5m", Syntax.time(SECOND, DAY));
  static final Setting<Duration> POP3_IDLE =
      Setting.of("limits.pop3-idle", "10m", Syntax.time(SECOND, DAY));
  static final Setting<Duration> IMAP_IDLE =
      Setting.of("limits.imap-idle", "30m", Syntax.time(SECOND, DAY));
  static final Setting<Duration> WRITE_TIMEOUT =
      Setting.of("limits.write-timeout", "2m", Syntax.time(SECOND, HOUR)).afterReload();
  static final Setting<Duration> HANDSHAKE_TIMEOUT =
      Setting.of("limits.handshake-timeout", "30s", Syntax.time(SECOND, HOUR)).afterReload();

  static final Setting<List<String>> LMTP_TRUSTED =
      Setting.of("lmtp.trusted", "127.0.0.0/8, ::1", Syntax::addressBlocks);
  static final Setting<List<String>> PROXY_TRUSTED =
      Setting.of("proxy.trusted", "", Syntax::addressBlocks).afterReload();

  static final Setting<Duration> AUTH_DELAY =
      Setting.of("auth.failure-delay", "250ms", Syntax.time(Duration.ZERO, HOUR));
  static final Setting<Duration> AUTH_DELAY_MAX =
      Setting.of("auth.failure-delay-max", "8s", Syntax.time(Duration.ZERO, HOUR));
  static final Setting<Duration> AUTH_HALF_LIFE =
      Setting.of("auth.failure-half-life", "5m", Syntax.time(SECOND, DAY));
  static final Setting<Duration> AUTH_CACHE =
      Setting.of("auth.password-cache", "5m", Syntax.time(SECOND, DAY));

  static final Setting<Duration> AUTH_FAMILIARITY =
      Setting.of("auth.familiarity", "1d", Syntax.time(SECOND, DAY.multipliedBy(3650)));
  static final Setting<Integer> AUTH_ITERATIONS =
      Setting.of(
          "auth.iterations",
          String.valueOf(AuthSettings.ITERATIONS_DEFAULT),
          Syntax.number(AuthSettings.ITERATIONS_MIN, AuthSettings.ITERATIONS_MAX));

  static final Setting<String> QUEUE_SEND =
      Setting.of("queue.send", "on", Syntax.word("on", "off"));
  static final Setting<List<Duration>> QUEUE_RETRIES =
      Setting.of("queue.retries", "1m, 5m, 15m, 30m", Syntax.times(SECOND, DAY));
  static final Setting<Duration> QUEUE_GIVE_UP =
      Setting.of("queue.give-up", "5d", Syntax.time(SECOND, DAY.multipliedBy(30)));
  static final Setting<Duration> QUEUE_DELAY_NOTICE =
      Setting.of("queue.delay-notice", "4h", Syntax.time(Duration.ZERO, DAY.multipliedBy(30)));
  static final Setting<Integer> QUEUE_HOLD_SECONDS =
      Setting.of("queue.hold-seconds", "0", Syntax.number(0, 86_400));
  static final Setting<String> IMAP_OUTBOX =
      Setting.of("imap.outbox", "off", Syntax.word("on", "off"));
  static final Setting<Optional<HostPort>> QUEUE_SMARTHOST =
      Setting.of("queue.smarthost", "", Syntax::hostPort);
  static final Setting<String> QUEUE_SMARTHOST_SECURITY =
      Setting.of(
          "queue.smarthost-security",
          "starttls",
          Syntax.word("starttls", "tls", "opportunistic", "none"));
  static final Setting<String> QUEUE_SMARTHOST_LOGIN =
      Setting.of("queue.smarthost-login", "", text -> text);
  static final Setting<Optional<Path>> QUEUE_SMARTHOST_PASSWORD =
      Setting.of("queue.smarthost-password-file", "", Syntax::file);
  static final Setting<Map<String, HostPort>> QUEUE_ROUTES =
      Setting.of("queue.routes", "", Syntax::routes);
  static final Setting<Optional<HostPort>> QUEUE_RESOLVER =
      Setting.of("queue.resolver", "", Syntax::hostPort);
  static final Setting<List<InetAddress>> QUEUE_BIND =
      Setting.of("queue.bind-address", "", Syntax::bindAddresses);
  static final Setting<Map<String, Level>> QUEUE_TLS =
      Setting.of("queue.tls", "*=opportunistic", Syntax::levels);
  static final Setting<Optional<Path>> QUEUE_TLS_AUTHORITIES =
      Setting.of("queue.tls-authorities", "", Syntax::file);
  static final Setting<String> QUEUE_MTA_STS =
      Setting.of("queue.mta-sts", "on", Syntax.word("on", "off"));
  static final Setting<Integer> QUEUE_MTA_STS_PORT =
      Setting.of("queue.mta-sts-port", "443", Syntax.number(1, 65_535));
  static final Setting<String> QUEUE_DNSSEC =
      Setting.of("queue.dnssec", "off", Syntax.word("off", "validate", "trust-resolver"));
  static final Setting<Optional<Path>> QUEUE_DNSSEC_ANCHORS =
      Setting.of("queue.dnssec-anchors", "", Syntax::file);
  static final Setting<Integer> QUEUE_PORT =
      Setting.of("queue.port", "25", Syntax.number(1, 65_535));
  static final Setting<Integer> QUEUE_CONNECTIONS =
      Setting.of("queue.connections", "200", Syntax.number(1, 10_000));
  static final Setting<Integer> QUEUE_CONNECTIONS_PER_DESTINATION =
      Setting.of("queue.connections-per-destination", "20", Syntax.number(1, 1000));

  static final Setting<String> LOG_LEVEL =
      Setting.of("log.level", "info", Syntax.word("error", "warn", "info", "debug", "trace"))
          .afterReload();

  /** In the order of the documentation. */
  static final List<Setting<?>> ALL = all();

  private Settings() {}

  private static List<Setting<?>> all() {
    List<Setting<?>> all = new ArrayList<>();
    all.addAll(List.of(HOSTNAME, DATA, STORAGE_URL, STORAGE_RETENTION, STORAGE_SWEEP));
    all.addAll(List.of(STORAGE_AUDIT_RETENTION, STORAGE_RESERVE));
    all.addAll(List.of(STORAGE_SCRUB, STORAGE_SCRUB_RATE, STORAGE_SEARCH_INDEX));
    all.addAll(List.of(STORAGE_CACHE, STORAGE_READERS, STORAGE_FOLDERS));
    all.addAll(LISTEN.values());
    all.addAll(List.of(TLS_CERTIFICATE, TLS_KEY));
    all.addAll(List.of(MESSAGE_SIZE, RECIPIENTS, RECEIVED, ERRORS));
    all.addAll(List.of(TRANSACTIONS, RECIPIENT_DOMAINS, HOLD, ETRN_FROM));
    all.addAll(List.of(CONNECTIONS, CONNECTIONS_PER_ADDRESS));
    all.addAll(List.of(SMTP_IDLE, POP3_IDLE, IMAP_IDLE, WRITE_TIMEOUT, HANDSHAKE_TIMEOUT));
    all.addAll(List.of(LMTP_TRUSTED, PROXY_TRUSTED));
    all.addAll(List.of(AUTH_DELAY, AUTH_DELAY_MAX, AUTH_HALF_LIFE, AUTH_CACHE));
    all.addAll(List.of(AUTH_FAMILIARITY, AUTH_ITERATIONS));
    all.addAll(List.of(QUEUE_SEND, QUEUE_RETRIES, QUEUE_GIVE_UP, QUEUE_DELAY_NOTICE));
    all.addAll(List.of(QUEUE_HOLD_SECONDS, IMAP_OUTBOX));
    all.addAll(List.of(QUEUE_SMARTHOST, QUEUE_SMARTHOST_SECURITY, QUEUE_SMARTHOST_LOGIN));
    all.addAll(List.of(QUEUE_SMARTHOST_PASSWORD, QUEUE_ROUTES, QUEUE_RESOLVER, QUEUE_BIND));
    all.addAll(List.of(QUEUE_TLS, QUEUE_TLS_AUTHORITIES, QUEUE_MTA_STS, QUEUE_MTA_STS_PORT));
    all.addAll(List.of(QUEUE_DNSSEC, QUEUE_DNSSEC_ANCHORS));
    all.addAll(List.of(QUEUE_PORT, QUEUE_CONNECTIONS, QUEUE_CONNECTIONS_PER_DESTINATION));
    all.addAll(CheckConfiguration.ALL);
    all.add(LOG_LEVEL);
    return List.copyOf(all);
  }

  private static Map<Service, Setting<Optional<InetSocketAddress>>> listen() {
    Map<Service, Setting<Optional<InetSocketAddress>>> settings = new EnumMap<>(Service.class);
    for (Service service : Service.values()) {
      settings.put(
          service, Setting.of("listen." + service.key(), address(service), Syntax::listen));
    }
    return settings;
  }

  private static String address(Service service) {
    return service.isOffered() ? "*:" + service.defaultPort() : "off";
  }

  static List<String> keys() {
    return ALL.stream().map(Setting::key).toList();
  }

  static Path standardData() {
    return Files.isDirectory(SYSTEM_DATA) && Files.isWritable(SYSTEM_DATA)
        ? SYSTEM_DATA
        : Path.of("data");
  }

  private static String machineName() {
    try {
      return Syntax.hostname(InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException | IllegalArgumentException e) {
      return "localhost"; // a machine without a name; mail works, greetings are poor
    }
  }
}
