package org.postrider.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.auth.AuthSettings;
import org.postrider.control.operation.Installation;
import org.postrider.control.operation.Refusal;
import org.postrider.control.operation.Service;
import org.postrider.imap.ImapSettings;
import org.postrider.pop3.Pop3Settings;
import org.postrider.smtp.SmtpSettings;
import org.postrider.smtp.check.CheckLimits;
import org.postrider.smtp.check.CheckLimits.OnFailure;
import org.postrider.smtp.check.CheckSettings;
import org.postrider.smtp.check.PeerAddress;
import org.postrider.storage.StoreSettings;
import org.postrider.wire.WireLimits;

class ConfigurationLoaderTest {
  private final ConfigurationLoader loader = new ConfigurationLoader("1");

  @TempDir Path temp;

  private Configuration load(String yaml, Map<String, String> environment) throws Exception {
    Path file = Files.writeString(temp.resolve("postrider.yaml"), yaml);
    return loader.load(temp, file, environment);
  }

  private String refusal(String yaml) throws IOException {
    Path file = Files.writeString(temp.resolve("postrider.yaml"), yaml);
    Refusal refusal = catchThrowableOfType(Refusal.class, () -> loader.load(temp, file, Map.of()));
    return refusal.sentence().replace(temp + "/", "");
  }

  private static Installation.Entry entry(Configuration configuration, String key) {
    return configuration.installation().entries().stream()
        .filter(entry -> entry.key().equals(key))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void nothingNeedsToBeSet() throws Exception {
    Configuration configuration = loader.load(temp, null, Map.of());
    assertThat(configuration.listeners()).hasSize(Service.values().length - 1);
    assertThat(configuration.listeners().get(Service.SMTP).getPort()).isEqualTo(25);
    assertThat(configuration.listeners().get(Service.SMTP).getAddress().isAnyLocalAddress())
        .isTrue();
    assertThat(configuration.tls()).isNull();
    assertThat(configuration.store()).isEqualTo(StoreSettings.inDirectory(temp));
    assertThat(entry(configuration, "data").origin()).isEqualTo("--data");
  }

  @Test
  void defaultsAreThoseOfTheModules() throws Exception {
    Configuration configuration = loader.load(temp, null, Map.of());
    assertThat(configuration.auth()).isEqualTo(AuthSettings.defaults());
    assertThat(configuration.wire()).isEqualTo(WireLimits.defaults());
    SmtpSettings smtp = SmtpSettings.defaults("mx", SmtpSettings.Role.MX);
    assertThat(configuration.sessions())
        .isEqualTo(
            new Configuration.SessionLimits(
                smtp.messageBytesMax(),
                smtp.recipientsMax(),
                smtp.receivedMax(),
                smtp.errorsMax(),
                smtp.idleTimeout(),
                Pop3Settings.defaults("mx").idleTimeout(),
                ImapSettings.defaults("mx").idleTimeout(),
                smtp.extensions(),
                smtp.trusted()));
  }

  @Test
  void checksAreOffUntilAnAddressIsSet() throws Exception {
    assertThat(load("", Map.of()).checks()).isEqualTo(CheckSettings.NONE);
    CheckSettings checks =
        load(
                """
                checks:
                  clamd:
                    address: unix:/run/clamd.sock
                    on-failure: accept
                  rspamd:
                    url: http://127.0.0.1:11333
                    junk: off
                  milter:
                    addresses: 127.0.0.1:8891, unix:/run/dmarc.sock
                    timeout: 5s
                """,
                Map.of())
            .checks();
    assertThat(checks.clamd())
        .isEqualTo(
            new CheckSettings.Clamd(
                new PeerAddress.Unix(Path.of("/run/clamd.sock")),
                25 << 20,
                new CheckLimits(Duration.ofSeconds(60), 10, OnFailure.ACCEPT)));
    assertThat(checks.rspamd())
        .isEqualTo(
            new CheckSettings.Rspamd(
                URI.create("http://127.0.0.1:11333"),
                50 << 20,
                false,
                new CheckLimits(Duration.ofSeconds(30), 50, OnFailure.DEFER)));
    CheckLimits milter = new CheckLimits(Duration.ofSeconds(5), 50, OnFailure.DEFER);
    assertThat(checks.milters())
        .containsExactly(
            new CheckSettings.Milter(new PeerAddress.Tcp("127.0.0.1", 8891), milter),
            new CheckSettings.Milter(new PeerAddress.Unix(Path.of("/run/dmarc.sock")), milter));
    assertThat(refusal("checks:\n  clamd:\n    address: /run/x\n  rspamd:\n    url: localhost\n"))
        .contains("checks.clamd.address: '/run/x': it is host:port or unix:/path.")
        .contains("checks.rspamd.url: 'localhost': it is a URL, like ");
  }

  @Test
  void environmentGoesBeforeTheFile() throws Exception {
    Configuration configuration =
        load(
            """
            hostname: file.example.org
            listen:
              smtp: 127.0.0.1:2525
              pop3: off
              imap: "[::1]:143"
            limits:
              message-size: 20MB
              imap-idle: 45m
            proxy.trusted: [10.0.0.0/8, "fd00::/8"]
            """,
            Map.of("POSTRIDER_HOSTNAME", "env.example.org", "POSTRIDER_LISTEN_SUBMISSION", "off"));
    assertThat(configuration.hostname()).isEqualTo("env.example.org");
    assertThat(entry(configuration, "hostname").origin()).isEqualTo("POSTRIDER_HOSTNAME");
    assertThat(entry(configuration, "listen.smtp").origin()).endsWith("postrider.yaml:3");
    assertThat(entry(configuration, "listen.imaps").origin()).isEqualTo("default");
    assertThat(configuration.listeners())
        .containsOnlyKeys(Service.SMTP, Service.SMTPS, Service.POP3S, Service.IMAP, Service.IMAPS);
    assertThat(configuration.sessions().messageBytesMax()).isEqualTo(20L << 20);
    assertThat(configuration.store().messageBytesMax()).isEqualTo(20L << 20);
    assertThat(configuration.sessions().imapIdle()).isEqualTo(Duration.ofMinutes(45));
    assertThat(configuration.wire().proxyTrusted()).containsExactly("10.0.0.0/8", "fd00::/8");
  }

  @Test
  void fileInTheDataDirectoryIsFound() throws Exception {
    Files.writeString(temp.resolve("postrider.yaml"), "hostname: there.example.org\n");
    assertThat(loader.load(temp, null, Map.of()).hostname()).isEqualTo("there.example.org");
    assertThat(loader.load(null, null, Map.of("POSTRIDER_DATA", temp.toString())).hostname())
        .isEqualTo("there.example.org");
  }

  @Test
  void emptyFileIsFine() throws Exception {
    assertThat(load("", Map.of()).listeners()).hasSize(Service.values().length - 1);
    assertThat(load("# nothing yet\n", Map.of()).listeners()).hasSize(Service.values().length - 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`hostnam: x`|`postrider.yaml:1: there is no setting hostnam; did you mean hostname?`",
        "`listen: {smpt: 25}`|`postrider.yaml:1: there is no setting listen.smpt; did you mean"
            + " listen.smtp?`",
        "`colour: red`|`postrider.yaml:1: there is no setting colour; the settings are hostname,"
            + " data,`",
        "`hostname: a b`|`postrider.yaml:1: hostname: 'a b': it is a host name`",
        "`listen.smtp: nowhere`|`it is address:port, *:port for all addresses, or off`",
        "`listen.smtp: 1.2.3.4:99999`|`it is address:port`",
        "`limits.message-size: 10 apples`|`postrider.yaml:1: limits.message-size: '10 apples'`",
        "`limits.message-size: 1KB`|`it is a size from 64KB to 2GB`",
        "`limits.recipients: 5`|`it is a number from 100 to 100000`",
        "`limits.smtp-idle: soon`|`it is a number with ms, s, m, h or d`",
        "`storage.retention: 99999d`|`it is a time from 0s to 3650d`",
        "`storage.url: mysql://x`|`it is h2: with a directory`",
        "`tls.certificate: /nowhere/c.pem`|`postrider.yaml:1: tls.certificate: '/nowhere/c.pem':"
            + " there is no file`",
        "`log.level: loud`|`it is one of error, warn, info, debug, trace`",
        "`proxy.trusted: [everybody]`|`'everybody' is no address or block`",
        "`hostname:`|`postrider.yaml:1: hostname has no value`",
        "`- hostname`|`postrider.yaml:1: keys are expected`",
        "`auth.failure-delay-max: 1ms`|`it is at least auth.failure-delay`",
        "`proxy.trusted: [[1.2.3.4]]`|`is a list of plain values`"
      })
  void whatIsWrongIsNamedWithItsPlace(String yaml, String sentence) throws IOException {
    assertThat(refusal(yaml + "\n")).contains(sentence);
  }

  @Test
  void yamlErrorHasItsLine() throws IOException {
    assertThat(refusal("hostname: mx.example.org\nlisten: {smtp: 25\nimap: [\n"))
        .matches("(?s).*postrider\\.yaml:[345]: this is not YAML: .*");
  }

  @Test
  void everythingThatIsWrongIsNamedAtOnce() throws IOException {
    assertThat(refusal("hostname: a b\ncolour: red\nhostname: c\nlog.level: loud\n"))
        .contains("postrider.yaml:2: there is no setting colour")
        .contains("postrider.yaml:4: log.level");
  }

  @Test
  void certificateNeedsItsKey() throws IOException {
    Path certificate = Files.writeString(temp.resolve("c.pem"), "x");
    assertThat(refusal("tls:\n  certificate: " + certificate + "\n"))
        .contains("postrider.yaml:2: tls.certificate")
        .contains("it needs tls.key beside it");
  }

  @Test
  void mistypedVariableIsNamed() throws Exception {
    Refusal refusal =
        catchThrowableOfType(
            Refusal.class, () -> loader.load(temp, null, Map.of("POSTRIDER_LISTEN_SMPT", "off")));
    assertThat(refusal.sentence())
        .isEqualTo(
            "POSTRIDER_LISTEN_SMPT: there is no setting of that name; did you mean"
                + " POSTRIDER_LISTEN_SMTP?");
    loader.load(temp, null, Map.of("POSTRIDER_SERVICE_HOST", "10.0.0.1")); // somebody else's
  }

  @Test
  void missingFileIsNamed() {
    Refusal refusal =
        catchThrowableOfType(
            Refusal.class, () -> loader.load(temp, temp.resolve("no.yaml"), Map.of()));
    assertThat(refusal.sentence()).contains("--config: there is no file").contains("no.yaml");
  }

  @Test
  void reloadKnowsWhatNeedsARestart() throws Exception {
    Configuration before = load("hostname: a.example.org\n", Map.of());
    Configuration after =
        load("hostname: b.example.org\nlimits.connections: 7\nlog.level: debug\n", Map.of());
    assertThat(ConfigurationLoader.needRestart(before, after)).containsExactly("hostname");
  }
}
