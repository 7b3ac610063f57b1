package org.postrider.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postrider.server.config.Syntax.HostPort;
import org.postrider.smtp.check.CheckLimits;
import org.postrider.smtp.check.CheckLimits.OnFailure;
import org.postrider.smtp.check.CheckSettings;
import org.postrider.smtp.check.PeerAddress;

/** The settings {@code checks.…}. */
final class CheckConfiguration {
  private static final Function<String, Duration> TIMEOUT =
      Syntax.time(Duration.ofMillis(10), Duration.ofMinutes(5));
  private static final Function<String, Integer> AT_ONCE = Syntax.number(1, 1000);
  private static final Function<String, String> ON_FAILURE = Syntax.word("accept", "defer");
  private static final Function<String, Long> SIZE = Syntax.size(64 << 10, 2L << 30);

  private static final Setting<List<PeerAddress>> CLAMD =
      Setting.of("checks.clamd.address", "", CheckConfiguration::addresses);
  private static final Setting<Duration> CLAMD_TIMEOUT =
      Setting.of("checks.clamd.timeout", "60s", TIMEOUT);
  private static final Setting<Integer> CLAMD_AT_ONCE =
      Setting.of("checks.clamd.at-once", "10", AT_ONCE);
  private static final Setting<Long> CLAMD_SIZE =
      Setting.of("checks.clamd.message-size", "25MB", SIZE);
  private static final Setting<String> CLAMD_ON_FAILURE =
      Setting.of("checks.clamd.on-failure", "defer", ON_FAILURE);

  private static final Setting<Optional<URI>> RSPAMD =
      Setting.of("checks.rspamd.url", "", CheckConfiguration::url);
  private static final Setting<Duration> RSPAMD_TIMEOUT =
      Setting.of("checks.rspamd.timeout", "30s", TIMEOUT);
  private static final Setting<Integer> RSPAMD_AT_ONCE =
      Setting.of("checks.rspamd.at-once", "50", AT_ONCE);
  private static final Setting<Long> RSPAMD_SIZE =
      Setting.of("checks.rspamd.message-size", "50MB", SIZE);
  private static final Setting<String> RSPAMD_JUNK =
      Setting.of("checks.rspamd.junk", "on", Syntax.word("on", "off"));
  private static final Setting<String> RSPAMD_ON_FAILURE =
      Setting.of("checks.rspamd.on-failure", "defer", ON_FAILURE);

  private static final Setting<List<PeerAddress>> MILTERS =
      Setting.of("checks.milter.addresses", "", CheckConfiguration::addresses);
  private static final Setting<Duration> MILTER_TIMEOUT =
      Setting.of("checks.milter.timeout", "30s", TIMEOUT);
  private static final Setting<Integer> MILTER_AT_ONCE =
      Setting.of("checks.milter.at-once", "50", AT_ONCE);
  private static final Setting<String> MILTER_ON_FAILURE =
      Setting.of("checks.milter.on-failure", "defer", ON_FAILURE);

  /** In the order of the documentation. */
  static final List<Setting<?>> ALL =
      List.of(
          CLAMD,
          CLAMD_TIMEOUT,
          CLAMD_AT_ONCE,
          CLAMD_SIZE,
          CLAMD_ON_FAILURE,
          RSPAMD,
          RSPAMD_TIMEOUT,
          RSPAMD_AT_ONCE,
          RSPAMD_SIZE,
          RSPAMD_JUNK,
          RSPAMD_ON_FAILURE,
          MILTERS,
          MILTER_TIMEOUT,
          MILTER_AT_ONCE,
          MILTER_ON_FAILURE);

  private CheckConfiguration() {}

  static CheckSettings of(Values values) {
    CheckLimits clamd = limits(values, CLAMD_TIMEOUT, CLAMD_AT_ONCE, CLAMD_ON_FAILURE);
    CheckLimits rspamd = limits(values, RSPAMD_TIMEOUT, RSPAMD_AT_ONCE, RSPAMD_ON_FAILURE);
    CheckLimits milter = limits(values, MILTER_TIMEOUT, MILTER_AT_ONCE, MILTER_ON_FAILURE);
    List<PeerAddress> scanners = values.get(CLAMD);
    if (scanners.size() > 1) {
      values.problem(CLAMD, "it is one address");
    }
    CheckSettings.@Nullable Clamd scanner =
        scanners.isEmpty()
            ? null
            : new CheckSettings.Clamd(scanners.getFirst(), values.get(CLAMD_SIZE), clamd);
    Optional<URI> url = values.get(RSPAMD);
    CheckSettings.@Nullable Rspamd filter =
        url.isEmpty()
            ? null
            : new CheckSettings.Rspamd(
                url.get(), values.get(RSPAMD_SIZE), values.get(RSPAMD_JUNK).equals("on"), rspamd);
    return new CheckSettings(
        scanner,
        filter,
        values.get(MILTERS).stream()
            .map(address -> new CheckSettings.Milter(address, milter))
            .toList());
  }

  private static CheckLimits limits(
      Values values,
      Setting<Duration> timeout,
      Setting<Integer> atOnce,
      Setting<String> onFailure) {
    return new CheckLimits(
        values.get(timeout),
        values.get(atOnce),
        OnFailure.valueOf(values.get(onFailure).toUpperCase(Locale.ROOT)));
  }

  /** {@code host:port} or {@code unix:/path}, separated by commas or spaces. */
  private static List<PeerAddress> addresses(String text) {
    return Arrays.stream(text.split("[,\\s]+", -1))
        .filter(item -> !item.isEmpty())
        .map(CheckConfiguration::address)
        .toList();
  }

  private static PeerAddress address(String text) {
    if (text.startsWith("unix:/")) {
      return new PeerAddress.Unix(Path.of(text.substring("unix:".length())));
    }
    try {
      HostPort tcp = Syntax.hostPort(text).orElseThrow();
      return new PeerAddress.Tcp(tcp.host(), tcp.port());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("it is host:port or unix:/path", e);
    }
  }

  private static Optional<URI> url(String text) {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    URI url = URI.create(text);
    if (!List.of("http", "https").contains(String.valueOf(url.getScheme()))
        || url.getHost() == null) {
      throw new IllegalArgumentException("it is a URL, like http://127.0.0.1:11333");
    }
    return Optional.of(url);
  }
}
