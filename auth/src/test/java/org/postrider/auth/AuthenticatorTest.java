package org.postrider.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postrider.auth.Accounts.HOME;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.auth.AuthOutcome.Failure;
import org.postrider.auth.AuthOutcome.Reason;
import org.postrider.auth.AuthOutcome.Success;

class AuthenticatorTest {
  private final Accounts accounts = Accounts.standard();
  private final Authenticator authenticator = accounts.authenticator();

  private AuthOutcome login(String login, String password) {
    return authenticator.password(login, password, HOME);
  }

  @ParameterizedTest
  @CsvSource({
    "alice@example.org,''",
    "Alice@Example.ORG,''",
    "al@example.org,''",
    "alice+work@example.org,work",
    "alice+a/b+c@example.org,a/b+c"
  })
  void aRightPasswordSucceeds(String login, String detail) {
    assertThat(login(login, "secret")).isEqualTo(new Success(1, "alice@example.org", detail));
  }

  @Test
  void anAddressWithAPlusOfItsOwnIsFoundFirst() {
    accounts.add(9, "alice+work@example.org", StoredCredential.ofPassword("works", 4096), true);
    assertThat(login("alice+work@example.org", "works"))
        .isEqualTo(new Success(9, "alice+work@example.org", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "alice@example.org,Secret,INVALID",
    "alice@example.org,'',INVALID",
    "nobody@example.org,secret,INVALID",
    "nobody+x@example.org,secret,INVALID",
    "'',secret,INVALID",
    "+@,secret,INVALID",
    "dora@example.org,doras,DISABLED",
    "dora@example.org,wrong,INVALID",
  })
  void failures(String login, String password, Reason reason) {
    assertThat(login(login, password)).isEqualTo(new Failure(reason));
  }

  @Test
  void absurdNamesAreNobodys() {
    accounts.add(5, "x\0y", StoredCredential.ofPassword("secret", 4096), true);
    assertThat(login("x\0y", "secret")).isEqualTo(new Failure(Reason.INVALID));
    assertThat(login("x".repeat(100_000), "secret")).isEqualTo(new Failure(Reason.INVALID));
  }

  @Test
  void aStoreThatDoesNotAnswerIsUnavailable() {
    accounts.broken = true;
    assertThat(login("alice@example.org", "secret")).isEqualTo(new Failure(Reason.UNAVAILABLE));
  }

  @Test
  void anImportedHashIsReplaced() {
    assertThat(login("carol@example.org", "wrong")).isInstanceOf(Failure.class);
    assertThat(credential("carol@example.org").isScram()).isFalse();
    assertThat(login("carol@example.org", "carols")).isInstanceOf(Success.class);
    assertThat(credential("carol@example.org").isScram()).isTrue();
    assertThat(login("carol@example.org", "carols")).isInstanceOf(Success.class);
    assertThat(login("carol@example.org", "wrong")).isInstanceOf(Failure.class);
  }

  @Test
  void anImportedPasswordThatSaslPrepRefusesStillWorks() {
    accounts.add(6, "eve@example.org", StoredCredential.parse("{PLAIN}a\u0007b"), true);
    assertThat(login("eve@example.org", "a\u0007b")).isInstanceOf(Success.class);
    assertThat(credential("eve@example.org").isScram()).isFalse();
  }

  @Test
  void keysWithFewIterationsAreRenewed() {
    AuthSettings s = Accounts.settings();
    AuthSettings more =
        new AuthSettings(
            s.failureDelay(),
            s.failureDelayMax(),
            s.failureHalfLife(),
            s.passwordCache(),
            s.familiarity(),
            s.waitingMax(),
            s.entriesMax(),
            5000);
    Authenticator wantsMore = new Authenticator(accounts, more, accounts.time, accounts.time);
    assertThat(wantsMore.password("alice@example.org", "secret", HOME)).isInstanceOf(Success.class);
    assertThat(credential("alice@example.org").text()).startsWith("SCRAM-SHA-256$5000:");
  }

  @Test
  void aRememberedPasswordEndsWithItsChange() {
    assertThat(login("alice@example.org", "secret")).isInstanceOf(Success.class);
    accounts.upgrade(1, StoredCredential.ofPassword("new", 4096));
    assertThat(login("alice@example.org", "secret")).isInstanceOf(Failure.class);
    assertThat(login("alice@example.org", "new")).isInstanceOf(Success.class);
  }

  @Test
  void whatIsRememberedIsForgottenOnDemandAndWithTime() {
    login("alice@example.org", "secret");
    authenticator.forget(1);
    assertThat(login("alice@example.org", "secret")).isInstanceOf(Success.class);
    accounts.time.pass(Duration.ofMinutes(6));
    assertThat(login("alice@example.org", "secret")).isInstanceOf(Success.class);
  }

  @Test
  void anAccountThatWasDisabledIsRefusedAtOnce() {
    login("alice@example.org", "secret");
    accounts.add(1, "alice@example.org", credential("alice@example.org"), false);
    assertThat(login("alice@example.org", "secret")).isEqualTo(new Failure(Reason.DISABLED));
  }

  @Test
  void failuresAreSlowed() {
    for (int i = 0; i < 3; i++) {
      login("alice@example.org", "wrong");
    }
    accounts.time.sleptMillis();
    assertThat(login("al@example.org", "secret")).isInstanceOf(Success.class);
    assertThat(accounts.time.sleptMillis()).isEqualTo(1000);
  }

  @Test
  void mechanismsDependOnTheConnection() {
    assertThat(authenticator.mechanisms(Accounts.PLAINTEXT)).isEmpty();
    assertThat(authenticator.mechanisms(Accounts.LOCAL))
        .containsExactly("SCRAM-SHA-256", "PLAIN", "LOGIN");
    assertThat(authenticator.mechanisms(Accounts.TLS))
        .containsExactly("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN", "LOGIN");
    assertThat(authenticator.exchange("plain", Accounts.PLAINTEXT)).isEmpty();
    assertThat(authenticator.exchange("plain", Accounts.LOCAL)).isPresent();
    assertThat(authenticator.exchange("scram-sha-256-plus", Accounts.LOCAL)).isEmpty();
    assertThat(authenticator.exchange("CRAM-MD5", Accounts.TLS)).isEmpty();
  }

  @Test
  void theSaltOfAnUnknownUserStaysTheSame() {
    ScramKeys first = decoy("nobody@example.org");
    ScramKeys again = decoy("Nobody@example.org");
    assertThat(Arrays.equals(first.salt(), again.salt())).isTrue();
    assertThat(first.salt()).hasSize(ScramKeys.SALT_BYTES);
    assertThat(first.salt()).isNotEqualTo(decoy("somebody@example.org").salt());
  }

  private ScramKeys decoy(String login) {
    return authenticator.scramKeys(Objects.requireNonNull(authenticator.candidate(login)));
  }

  private StoredCredential credential(String login) {
    return Objects.requireNonNull(accounts.byLogin.get(login)).credential();
  }
}
