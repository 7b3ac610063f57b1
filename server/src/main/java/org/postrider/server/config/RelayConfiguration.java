package org.postrider.server.config;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.server.config.Syntax.HostPort;
import org.postrider.smtp.relay.RelaySettings;
import org.postrider.smtp.relay.RelaySettings.Dnssec;
import org.postrider.smtp.relay.RelaySettings.Route;
import org.postrider.smtp.relay.RelaySettings.Security;
import org.postrider.smtp.relay.RelaySettings.Tls;

/** The settings {@code queue.…}. */
final class RelayConfiguration {
  private RelayConfiguration() {}

  /** Null when mail is not brought out. */
  static @Nullable RelaySettings of(Values values) {
    RelaySettings defaults = RelaySettings.defaults(values.get(Settings.HOSTNAME));
    Map<String, Route> routes = new LinkedHashMap<>();
    values
        .get(Settings.QUEUE_ROUTES)
        .forEach((domain, host) ->
            routes.put(
                domain, new Route(host.host(), host.port(), Security.OPPORTUNISTIC, "", "")));
    Route smarthost = smarthost(values);
    RelaySettings settings =
        new RelaySettings(
            defaults.hostname(),
            values.get(Settings.QUEUE_RETRIES),
            values.get(Settings.QUEUE_GIVE_UP),
            values.get(Settings.QUEUE_DELAY_NOTICE),
            smarthost,
            Map.copyOf(routes),
            address(values, Settings.QUEUE_RESOLVER).orElse(null),
            values.get(Settings.QUEUE_BIND),
            tls(values),
            values.get(Settings.QUEUE_PORT),
            defaults.connectTimeout(),
            defaults.replyTimeout(),
            defaults.endOfDataTimeout(),
            values.get(Settings.QUEUE_CONNECTIONS),
            values.get(Settings.QUEUE_CONNECTIONS_PER_DESTINATION),
            defaults.recipientsPerTransaction());
    return values.get(Settings.QUEUE_SEND).equals("on") ? settings : null;
  }

  private static Optional<InetSocketAddress> address(
      Values values, Setting<Optional<HostPort>> setting) {
    Optional<HostPort> host = values.get(setting);
    if (host.isEmpty()) {
      return Optional.empty();
    }
    InetSocketAddress address = new InetSocketAddress(host.get().host(), host.get().port());
    if (address.isUnresolved()) {
      values.problem(setting, "there is no address of the name " + host.get().host());
      return Optional.empty();
    }
    return Optional.of(address);
  }

  private static Tls tls(Values values) {
    return new Tls(
        values.get(Settings.QUEUE_TLS),
        values.get(Settings.QUEUE_TLS_AUTHORITIES).orElse(null),
        switch (values.get(Settings.QUEUE_DNSSEC)) {
          case "validate" -> Dnssec.VALIDATE;
          case "trust-resolver" -> Dnssec.TRUST_RESOLVER;
          default -> Dnssec.OFF;
        },
        values.get(Settings.QUEUE_DNSSEC_ANCHORS).orElse(null),
        values.get(Settings.QUEUE_MTA_STS).equals("on"),
        values.get(Settings.QUEUE_MTA_STS_PORT),
        values.get(Settings.DATA).resolve("mta-sts"));
  }

  private static @Nullable Route smarthost(Values values) {
    Optional<HostPort> host = values.get(Settings.QUEUE_SMARTHOST);
    if (host.isEmpty()) {
      return null;
    }
    Security security =
        Security.valueOf(values.get(Settings.QUEUE_SMARTHOST_SECURITY).toUpperCase(Locale.ROOT));
    String login = values.get(Settings.QUEUE_SMARTHOST_LOGIN);
    Optional<Path> file = values.get(Settings.QUEUE_SMARTHOST_PASSWORD);
    if (login.isEmpty() != file.isEmpty()) {
      values.problem(
          Settings.QUEUE_SMARTHOST_LOGIN, "it goes together with queue.smarthost-password-file");
      return null;
    }
    if (!login.isEmpty() && (security == Security.NONE || security == Security.OPPORTUNISTIC)) {
      values.problem(
          Settings.QUEUE_SMARTHOST_SECURITY,
          "it is starttls or tls when there is a login: the password would go in clear");
      return null;
    }
    String password = file.isEmpty() ? "" : password(values, file.get());
    return new Route(host.get().host(), host.get().port(), security, login, password);
  }

  private static String password(Values values, Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      values.problem(Settings.QUEUE_SMARTHOST_PASSWORD, file + " cannot be read: " + e);
      return "";
    }
  }
}
