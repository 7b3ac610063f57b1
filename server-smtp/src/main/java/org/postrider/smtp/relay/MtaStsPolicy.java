package org.postrider.smtp.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a domain says about TLS to its mail hosts (RFC 8461 §3.2).
 *
 * @param hosts patterns of the names of its mail hosts, lower case
 * @param maxAge how long it holds
 */
record MtaStsPolicy(Mode mode, List<String> hosts, Duration maxAge) {
  private static final int MAX_AGE_SECONDS = 31_557_600;
  private static final int HOSTS_MAX = 100;

  /** What becomes of mail for hosts that do not live up to it. */
  enum Mode {
    ENFORCE,
    TESTING,
    NONE
  }

  /** Reads a policy; empty when it is none. */
  static Optional<MtaStsPolicy> parse(String text) {
    String version = "";
    String mode = "";
    String maxAge = "";
    List<String> hosts = new ArrayList<>();
    for (String line : text.split("\\r?\\n", -1)) {
      int colon = line.indexOf(':');
      String key = colon < 0 ? "" : line.substring(0, colon).strip();
      String value = line.substring(colon + 1).strip();
      switch (key) {
        case "version" -> version = version.isEmpty() ? value : version;
        case "mode" -> mode = mode.isEmpty() ? value : mode;
        case "max_age" -> maxAge = maxAge.isEmpty() ? value : maxAge;
        case "mx" -> hosts.add(value.toLowerCase(Locale.ROOT));
        default -> {} // RFC 8461 §3.2: what is not known is left aside
      }
    }
    if (!version.equals("STSv1")
        || !maxAge.matches("\\d{1,10}")
        || !mode.matches("enforce|testing|none")
        || hosts.size() > HOSTS_MAX
        || (hosts.isEmpty() && !mode.equals("none"))) {
      return Optional.empty();
    }
    return Optional.of(
        new MtaStsPolicy(
            Mode.valueOf(mode.toUpperCase(Locale.ROOT)),
            List.copyOf(hosts),
            Duration.ofSeconds(Math.min(Long.parseLong(maxAge), MAX_AGE_SECONDS))));
  }

  /** Whether a mail host is one of the domain's (RFC 8461 §4.1). */
  boolean names(String host) {
    return hosts.stream().anyMatch(pattern -> DaneTrust.covers(pattern, host));
  }
}
