package org.postrider.server.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.auth.AuthSettings;
import org.postrider.control.operation.Installation;
import org.postrider.control.operation.Service;
import org.postrider.smtp.SmtpSettings;
import org.postrider.smtp.check.CheckSettings;
import org.postrider.smtp.relay.RelaySettings;
import org.postrider.storage.StoreSettings;
import org.postrider.wire.AddressBlock;
import org.postrider.wire.TlsSettings;
import org.postrider.wire.WireLimits;

/**
 * A configuration that was checked.
 *
 * @param listeners the services that are not off
 * @param tls null for the self-signed certificate of the data directory
 * @param sessions limits of protocol sessions
 * @param relay null when mail is not brought out
 * @param checks of mail that comes in
 * @param logLevel {@code error} to {@code trace}
 */
public record Configuration(
    Installation installation,
    Map<Service, InetSocketAddress> listeners,
    @Nullable TlsSettings tls,
    WireLimits wire,
    AuthSettings auth,
    SessionLimits sessions,
    HousekeepingSettings housekeeping,
    @Nullable RelaySettings relay,
    CheckSettings checks,
    String logLevel) {

  /**
   * Limits of protocol sessions.
   *
   * @param messageBytesMax longest message, octets
   * @param recipientsMax of one SMTP transaction
   * @param receivedMax Received fields that mean a loop
   * @param errorsMax bad commands that end a session
   * @param extensions of SMTP
   * @param lmtpTrusted who may speak LMTP
   */
  public record SessionLimits(
      long messageBytesMax,
      int recipientsMax,
      int receivedMax,
      int errorsMax,
      Duration smtpIdle,
      Duration pop3Idle,
      Duration imapIdle,
      SmtpSettings.ExtensionLimits extensions,
      List<AddressBlock> lmtpTrusted) {}

  public String hostname() {
    return installation.hostname();
  }

  public Path data() {
    return installation.data();
  }

  public StoreSettings store() {
    return installation.store();
  }
}
