package org.postrider.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.postrider.storage.StorageException.Reason.ALREADY_EXISTS;
import static org.postrider.storage.StorageException.Reason.BAD_NAME;
import static org.postrider.storage.StorageException.Reason.CANNOT;
import static org.postrider.storage.StorageException.Reason.NOT_FOUND;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryTest extends StoreFixture {
  private Resolution.Deliverable deliverable(String local, String domain) {
    return (Resolution.Deliverable) store.directory().resolve(local, domain);
  }

  @Test
  void canonicalDomainsAndAddresses() {
    store.directory().addDomain("B\u00dcCHER.example");
    assertThat(store.directory().domains()).containsExactly("b\u00fccher.example", "example.org");
    assertThat(store.directory().isLocalDomain("xn--bcher-kva.example")).isTrue();
    assertThat(store.directory().isLocalDomain("[192.0.2.1]")).isFalse();
    assertRefused(ALREADY_EXISTS, () -> store.directory().addDomain("xn--bcher-kva.EXAMPLE"));
    assertRefused(BAD_NAME, () -> store.directory().addDomain("no domain"));
    store.directory().createAccount("J\u00fcrgen@xn--bcher-kva.example", null);
    assertThat(store.directory().account("j\u00fcrgen@b\u00fccher.example")).isPresent();
    assertRefused(CANNOT, () -> store.directory().removeDomain("b\u00fccher.example"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "@example.org",
        "a@",
        "a b@example.org",
        "a+b@example.org",
        ".a@example.org",
        "a..b@example.org",
        "*@example.org",
        "a@-x.org",
        "a@b..org"
      })
  void refusesBadAddresses(String address) {
    assertRefused(BAD_NAME, () -> store.directory().createAccount(address, null));
  }

  @Test
  void accountsComeAndGo() {
    assertRefused(ALREADY_EXISTS, () -> store.directory().createAccount("ALICE@example.org", null));
    store.directory().setCredential(alice.id(), "c");
    store.directory().setEnabled(alice.id(), false);
    assertThat(store.directory().account(alice.id()).orElseThrow())
        .extracting(Account::credential, Account::enabled)
        .containsExactly("c", false);
    assertThat(store.directory().resolve("alice", "example.org"))
        .isEqualTo(new Resolution.Disabled());
    append(inbox);
    store.directory().removeAccount(alice.id());
    assertThat(store.directory().account("alice@example.org")).isEmpty();
    assertThat(store.mailboxes().find(inbox)).isEmpty();
    assertRefused(NOT_FOUND, () -> store.directory().quota(alice.id()));
    assertRefused(NOT_FOUND, () -> store.directory().removeAccount(alice.id()));
    assertRefused(NOT_FOUND, () -> TestMail.deliver(store, alice, "late", 10));
    Account again = store.directory().createAccount("alice@example.org", null);
    assertThat(again.id()).isNotEqualTo(alice.id());
    assertThat(store.directory().accounts("example.org")).containsExactly(again);
    assertThat(store.directory().accounts("example.com")).isEmpty();
  }

  @Test
  void resolvesDetailAliasesAndCatchAll() {
    Account bob = store.directory().createAccount("bob@example.org", null);
    assertThat(deliverable("Alice+Lists", "EXAMPLE.org").local())
        .containsExactly(new Resolution.LocalRecipient(alice.id(), "alice@example.org", "lists"));
    store.directory().addAlias("team@example.org", List.of("alice@example.org"));
    store.directory().addAlias("team@example.org", List.of("bob+t@example.org", "far@example.com"));
    store.directory().addAlias("all@example.org", List.of("team@example.org", "all@example.org"));
    Resolution.Deliverable all = deliverable("all", "example.org");
    assertThat(all.local())
        .containsExactly(
            new Resolution.LocalRecipient(alice.id(), "alice@example.org", ""),
            new Resolution.LocalRecipient(bob.id(), "bob@example.org", "t"));
    assertThat(all.remote()).containsExactly("far@example.com");
    assertThat(all.viaAlias()).isTrue();
    assertThat(store.directory().resolve("nobody", "example.org"))
        .isEqualTo(new Resolution.UnknownUser());
    assertThat(store.directory().resolve("nobody", "example.com"))
        .isEqualTo(new Resolution.NotLocal());
    store.directory().addAlias("*@example.org", List.of("bob@example.org"));
    assertThat(deliverable("nobody", "example.org").local())
        .extracting(Resolution.LocalRecipient::account)
        .containsExactly(bob.id());
  }

  @Test
  void postmasterIsAlwaysThere() {
    store.directory().addDomain("empty.example");
    for (String domain : List.of("example.org", "empty.example", "")) {
      assertThat(deliverable("PostMaster", domain).local())
          .extracting(Resolution.LocalRecipient::account)
          .containsExactly(alice.id());
    }
    Account bob = store.directory().createAccount("bob@example.org", null);
    store.directory().addAlias("postmaster@example.org", List.of("bob@example.org"));
    assertThat(deliverable("postmaster", "").local())
        .extracting(Resolution.LocalRecipient::account)
        .containsExactly(bob.id());
    assertThat(store.directory().resolve("postmaster", "example.com"))
        .isEqualTo(new Resolution.NotLocal());
  }

  @Test
  void groupsHaveAnOwnerAndRules() {
    Directory directory = store.directory();
    directory.addAlias("team@example.org", List.of("alice@example.org", "x@example.com"));
    directory.addAlias("crew@example.org", List.of("team@example.org"));
    directory.addAlias("*@example.org", List.of("alice@example.org", "x@example.com"));
    Group plain = new Group("team@example.org", "", Alias.Posting.ANYONE);
    assertThat(deliverable("team", "example.org").group()).isEqualTo(plain);
    assertThat(deliverable("crew", "example.org").group()).isEqualTo(plain);
    assertThat(deliverable("whoever", "example.org").group()).isNull();

    directory.addAlias("owner-team@example.org", List.of("x@example.com"));
    assertThat(deliverable("team", "example.org").group())
        .isEqualTo(new Group("team@example.org", "owner-team@example.org", Alias.Posting.ANYONE));
    assertThat(deliverable("owner-team", "example.org").group()).isNull();

    directory.setGroup("Team@example.org", "Alice@example.org", Alias.Posting.MEMBERS);
    directory.setGroup("crew@example.org", null, Alias.Posting.OWNER);
    directory.addAlias("team@example.org", List.of("crew@example.org"));
    assertThat(deliverable("team", "example.org").group())
        .isEqualTo(new Group("team@example.org", "alice@example.org", Alias.Posting.MEMBERS));
    assertThat(deliverable("crew", "example.org").group())
        .isEqualTo(new Group("crew@example.org", "", Alias.Posting.OWNER));
    assertThat(directory.alias("team@example.org").orElseThrow())
        .isEqualTo(
            new Alias(
                "team@example.org",
                List.of("alice@example.org", "x@example.com", "crew@example.org"),
                "alice@example.org",
                Alias.Posting.MEMBERS));
    directory.setGroup("team@example.org", "", null);
    assertThat(deliverable("team", "example.org").group())
        .isEqualTo(new Group("team@example.org", "owner-team@example.org", Alias.Posting.MEMBERS));
    assertRefused(NOT_FOUND, () -> directory.setGroup("nobody@example.org", "", null));

    // What is removed and made again has no memory of its settings.
    directory.removeAlias("team@example.org", List.of());
    directory.addAlias("team@example.org", List.of("alice@example.org"));
    assertThat(deliverable("team", "example.org").group()).isNull();
  }

  @Test
  void aliasesChange() {
    assertRefused(
        ALREADY_EXISTS,
        () -> store.directory().addAlias("alice@example.org", List.of("b@example.org")));
    assertRefused(
        NOT_FOUND, () -> store.directory().addAlias("a@example.com", List.of("b@example.org")));
    assertRefused(BAD_NAME, () -> store.directory().addAlias("a@example.org", List.of()));
    store.directory().addAlias("a@example.org", List.of("x@example.com", "y@example.com"));
    assertRefused(ALREADY_EXISTS, () -> store.directory().createAccount("a@example.org", null));
    store.directory().removeAlias("a@example.org", List.of("x@example.com"));
    assertThat(store.directory().aliases("example.org"))
        .containsExactly(
            new Alias("a@example.org", List.of("y@example.com"), null, Alias.Posting.ANYONE));
    assertRefused(
        NOT_FOUND, () -> store.directory().removeAlias("a@example.org", List.of("x@example.com")));
    store.directory().removeAlias("a@example.org", List.of());
    assertThat(store.directory().alias("a@example.org")).isEmpty();
  }

  @Test
  void whatIsKnownOfRecipientsEndsWithEachChange() {
    assertThat(deliverable("alice", "example.org").local()).hasSize(1);
    assertThat(store.directory().resolve("sales", "example.org"))
        .isEqualTo(new Resolution.UnknownUser());
    assertThat(store.directory().fits(alice.id(), 1000)).isTrue();

    store.directory().setQuota(alice.id(), 999, 0);
    assertThat(store.directory().fits(alice.id(), 1000)).isFalse();
    assertThat(store.directory().fits(alice.id(), 999)).isTrue();
    store.directory().addAlias("sales@example.org", List.of("alice@example.org"));
    assertThat(deliverable("sales", "example.org").local()).hasSize(1);
    store.directory().setEnabled(alice.id(), false);
    assertThat(store.directory().resolve("alice", "example.org"))
        .isEqualTo(new Resolution.Disabled());
    store.directory().removeAccount(alice.id());
    assertThat(store.directory().resolve("alice", "example.org"))
        .isEqualTo(new Resolution.UnknownUser());
    assertRefused(NOT_FOUND, () -> store.directory().fits(alice.id(), 1));
  }

  @Test
  void maySendAsOwnAddressesAndAliasesThatLeadHereAlone() {
    store.directory().createAccount("bob@example.org", null);
    store.directory().addAlias("mine@example.org", List.of("alice@example.org"));
    store.directory().addAlias("ours@example.org", List.of("alice@example.org", "bob@example.org"));
    Directory directory = store.directory();
    assertThat(directory.maySendAs(alice.id(), "Alice+x@EXAMPLE.org")).isTrue();
    assertThat(directory.maySendAs(alice.id(), "mine@example.org")).isTrue();
    assertThat(directory.maySendAs(alice.id(), "ours@example.org")).isFalse();
    assertThat(directory.maySendAs(alice.id(), "bob@example.org")).isFalse();
    assertThat(directory.maySendAs(alice.id(), "alice@example.com")).isFalse();
    assertThat(directory.maySendAs(alice.id(), "nonsense")).isFalse();
  }

  /** IDNA2008: the sharp s is a letter of its own, and a symbol is none. */
  @Test
  void domainsBeyondAsciiAreThoseOfIdna2008() {
    store.directory().addDomain("Straße.example");
    assertThat(store.directory().domains()).contains("straße.example");
    assertThat(store.directory().isLocalDomain("xn--strae-oqa.example")).isTrue();
    assertThat(store.directory().isLocalDomain("strasse.example")).isFalse();
    assertRefused(BAD_NAME, () -> store.directory().addDomain("i❤.example"));
    assertRefused(BAD_NAME, () -> store.directory().addDomain("a_b.example"));
    assertRefused(BAD_NAME, () -> store.directory().addDomain("[192.0.2.1]"));
  }
}
