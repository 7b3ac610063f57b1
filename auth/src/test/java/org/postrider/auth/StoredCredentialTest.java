package org.postrider.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredCredentialTest {
  @Test
  void aPasswordMatchesItsKeysAlone() {
    StoredCredential credential = StoredCredential.ofPassword("p\u00e4ss\u00adword", 4096);
    assertThat(credential.isScram()).isTrue();
    assertThat(credential.text()).startsWith("SCRAM-SHA-256$4096:");
    assertThat(StoredCredential.parse(credential.text())).isEqualTo(credential);
    assertThat(credential.matches("pa\u0308ssword")).isTrue();
    assertThat(credential.matches("password")).isFalse();
    assertThat(credential.matches("")).isFalse();
    assertThat(credential.matches("\u0007")).isFalse();
    assertThat(credential.matches("x".repeat(100_000))).isFalse();
  }

  @Test
  void eachHasItsOwnSalt() {
    assertThat(StoredCredential.ofPassword("secret", 4096))
        .isNotEqualTo(StoredCredential.ofPassword("secret", 4096));
  }

  @Test
  void theDefaultOfIterationsIsUsed() {
    assertThat(StoredCredential.ofPassword("secret").isOutdated(AuthSettings.ITERATIONS_DEFAULT))
        .isFalse();
    assertThat(StoredCredential.ofPassword("secret", 4096).isOutdated(4097)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\u0007", "\u00ad", "\ud800"})
  void refusesPasswords(String password) {
    assertThatThrownBy(() -> StoredCredential.ofPassword(password))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> StoredCredential.ofPassword("x".repeat(1001)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Made with glibc's crypt(3) and the Argon2 reference implementation. */
  @ParameterizedTest
  @CsvSource({
    "secret,{SHA512-CRYPT}$6$rounds=10000$saltstringsaltst$pd39sho0N9RQ9kBqr/GiEIzaHjerJu4CxVPYePE5jfjjCMuAhIOMsxD1YmKDs5O3f7YzXBxZgxuvn9U1eorJM/",
    "secret,{SHA256-CRYPT}$5$rounds=2000$abc$vrlxR7o0DfB5s354U61LJz8WOm8rZtSjUNqI5mJH45A",
    "Hello"
        + " world!,{crypt}$6$saltstring$svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
    "Hello world!,{CRYPT}$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5",
    "p\u00e4ssp\u00e4ssp\u00e4ssp\u00e4ssp\u00e4ssp\u00e4ssp\u00e4ssp\u00e4ssp\u00e4ssp\u00e4ssp\u00e4ssp\u00e4ssp\u00e4ssp\u00e4ssp\u00e4ssp\u00e4ssp\u00e4ssp\u00e4ssp\u00e4ssp\u00e4ss,{SHA512-CRYPT}$6$x$aJARhjVEadd5RnIquqxXjSCCuKeUhYdghLMH2LzuPGLAUmgXOzeRQqlAdopP9BmzaeSdufmx01mVv.R.o4EUC/",
    "secret,{BLF-CRYPT}$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a",
    "'password','{ARGON2ID}$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'",
    "secret,{SSHA}Wcm1xEisNjqp921ALcHfuQ7avFdzYWx0MTIzNA==",
    "secret,{SSHA256}lXT7qF+fT7OVoVlwD0tMd02E1ak2dLDbk993wZxIM65zYWx0MTIzNA==",
    "secret,{SSHA512}Enu6C74BUnsH3FJ5DbcJeTfPKMqMpMZOm66wJaf/iZqtrDfdcDyFhEmcwbcWyY5CUEDqbpdskEI2yPdeCZGVPXNhbHQxMjM0",
    "se}c{ret,{PLAIN}se}c{ret"
  })
  void checksImportedHashes(String password, String text) {
    StoredCredential credential = StoredCredential.parse(text);
    assertThat(credential.isScram()).isFalse();
    assertThat(credential.isOutdated(4096)).isTrue();
    assertThat(credential.matches(password)).isTrue();
    assertThat(credential.matches(password + "x")).isFalse();
    assertThat(credential.matches("Secret")).isFalse();
    assertThat(credential.toString()).matches("\\{[A-Za-z0-9-]+}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secret",
        "{MD5}5ebe2294ecd0e0f08eab7690d2a6ee69",
        "{PLAIN}",
        "{BLF-CRYPT}$2y$31$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a",
        "{CRYPT}$1$abc$def",
        "{SHA512-CRYPT}$6$rounds=99999999$saltstringsaltst$pd39sho0N9RQ9",
        "{ARGON2ID}$argon2id$v=19$m=999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "SCRAM-SHA-256$1:QSXCR+Q6sek8bf92$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        "SCRAM-SHA-256$4096:QSXCR+Q6sek8bf92$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=",
        "SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:x"
      })
  void refusesWhatItDoesNotUnderstand(String text) {
    assertThatThrownBy(() -> StoredCredential.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** The keys of RFC 7677 §3. */
  @Test
  void derivesTheKeysOfTheRfc() {
    ScramKeys keys =
        ScramKeys.derive(
            "pencil", java.util.Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
    assertThat(keys.text())
        .isEqualTo(
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ=="
                + "$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
                + ":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
    assertThat(keys.matchesProof("short".getBytes(StandardCharsets.UTF_8), new byte[0])).isFalse();
  }

  @Test
  void aLogLineShowsTheSchemeAlone() {
    assertThat(StoredCredential.ofPassword("secret", 4096)).hasToString("SCRAM-SHA-256");
    assertThat(StoredCredential.parse("{PLAIN}secret")).hasToString("{PLAIN}");
  }
}
