package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpgradeTest {
  /** The number of the migrations that the tests have of their own. */
  private static final int NEXT = 999;

  private static final int NOW = Schema.CURRENT.newest();
  private static final Schema SECOND = with("classpath:org/postrider/storage/upgrade");
  private static final Schema BROKEN = with("classpath:org/postrider/storage/brokenupgrade");

  @TempDir Path data;

  private final FakeClock clock = new FakeClock();

  private static Schema with(String location) {
    List<String> locations = new ArrayList<>(Schema.CURRENT.locations());
    locations.add(location);
    return new Schema(NEXT, locations);
  }

  @BeforeEach
  void fill() {
    try (Store store = open(Schema.CURRENT)) {
      Account alice = store.directory().createAccount("alice@example.org", "secret");
      TestMail.deliver(store, alice, "kept", 3000);
    }
  }

  private Store open(Schema schema) {
    return Store.open(StoreSettings.inDirectory(data), clock, schema);
  }

  private List<Path> copies() throws IOException {
    try (Stream<Path> files = Files.list(data)) {
      return files.filter(f -> f.getFileName().toString().startsWith("postrider-schema-")).toList();
    }
  }

  private static void assertWhole(Store store) {
    Account alice = store.directory().account("alice@example.org").orElseThrow();
    assertThat(alice.credential()).isEqualTo("secret");
    assertThat(store.mailboxes().find(alice.id(), "INBOX").orElseThrow().messages()).isOne();
    assertThat(StoreCheck.run(store)).isEmpty();
  }

  @Test
  void anOlderStoreIsCopiedAndBroughtUp() throws IOException {
    try (Store store = open(SECOND)) {
      assertWhole(store);
      List<String> notes =
          store
              .database()
              .withHandle(handle ->
                  handle
                      .select("SELECT note FROM account")
                      .map((rs, context) -> rs.getString(1))
                      .list());
      assertThat(notes).containsExactly("alice@example.org");
    }
    assertThat(copies())
        .singleElement()
        .satisfies(copy ->
            assertThat(copy.getFileName().toString())
                .matches("postrider-schema-" + NOW + "-20.*Z.mv.db"));
    try (Store store = open(SECOND)) {
      assertWhole(store);
    }
    assertThat(copies()).hasSize(1);
    Files.move(
        copies().getFirst(), Files.createDirectory(data.resolve("old")).resolve("postrider.mv.db"));
    try (Store store =
        Store.open(StoreSettings.inDirectory(data.resolve("old")), clock, Schema.CURRENT)) {
      assertWhole(store);
    }
  }

  @Test
  void anUpgradeThatFailsHalfWayIsTakenBack() throws IOException {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> open(BROKEN))
          .isInstanceOf(StorageException.class)
          .hasMessageContaining("from schema " + NOW + " to " + NEXT + " and is as it was before");
      try (Store store = open(Schema.CURRENT)) {
        assertWhole(store);
      }
    }
    assertThat(copies()).isNotEmpty();
  }

  @Test
  void aNewerStoreIsRefusedInOneSentence() {
    open(SECOND).close();
    assertThatThrownBy(() -> open(Schema.CURRENT))
        .isInstanceOf(StorageException.class)
        .hasMessage(
            "The store was written by a newer Postrider (schema "
                + NEXT
                + ", this one knows "
                + NOW
                + "); use that one,"
                + " or restore a backup from before");
    try (Store store = open(SECOND)) {
      assertWhole(store);
    }
  }

  @Test
  void onlyTheNewestCopiesAreKept() throws IOException {
    for (String old :
        List.of("2001-01-01T00-00-00Z", "2002-01-01T00-00-00Z", "2003-01-01T00-00-00Z")) {
      Files.writeString(data.resolve("postrider-schema-" + NOW + "-" + old + ".mv.db"), "old");
    }
    open(SECOND).close();
    assertThat(copies()).hasSize(2).anyMatch(copy -> copy.toString().contains("2003-01-01"));
  }
}
