package org.postrider.control.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNameTest {
  private static final List<String> NAMES = List.of("alice@example.org", "bob@example.org");

  @Test
  void findsTheNameThatWasMeant() {
    assertThat(NearestName.of("alise@example.org", NAMES)).contains("alice@example.org");
    assertThat(NearestName.of("BOB@example.or", NAMES)).contains("bob@example.org");
  }

  @Test
  void staysSilentWhenNothingIsNear() {
    assertThat(NearestName.of("zebulon@elsewhere.net", NAMES)).isEmpty();
    assertThat(NearestName.of("x", List.of())).isEmpty();
    assertThat(NearestName.of("x".repeat(10_000), NAMES)).isEmpty();
  }
}
