package org.postrider.storage;

import static org.postrider.storage.StorageException.Reason.ALREADY_EXISTS;
import static org.postrider.storage.StorageException.Reason.BAD_NAME;
import static org.postrider.storage.StorageException.Reason.CANNOT;
import static org.postrider.storage.StorageException.Reason.LIMIT;
import static org.postrider.storage.StorageException.Reason.NOT_FOUND;

import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Domains, accounts, addresses and aliases. Addresses are given as {@code local@domain} in any case
 * and kept in canonical form: NFC, lower case, domain in U-label form. Changes are in the audit
 * log.
 */
public final class Directory {
  private static final String POSTMASTER = "postmaster";

  /** Targets of one alias. */
  private static final int TARGETS_MAX = 1000;

  private final Database database;
  private final Writer writer;
  private final Mailboxes mailboxes;
  private final Clock clock;
  private final KnownRecipients known;

  Directory(Database database, Writer writer, Mailboxes mailboxes, Clock clock) {
    this.database = database;
    this.writer = writer;
    this.mailboxes = mailboxes;
    this.clock = clock;
    this.known = new KnownRecipients(database.dialect().exclusive());
  }

  /** Forgets what may not be so any more, since the database was opened anew. */
  void forget() {
    known.forget();
  }

  /** Runs a change in a settled transaction and writes what was changed to the audit log. */
  <T> T change(String kind, @Nullable AccountId account, String subject, Writer.Work<T> work) {
    T done =
        writer.submit(
            0,
            tx -> {
              tx.settle();
              T result = work.run(tx);
              tx.settle();
              AuditRows.insert(tx, clock.millis(), kind, "", account, subject);
              return result;
            });
    known.forget();
    return done;
  }

  /** Changes what is noted of an account. */
  private void set(String kind, AccountId account, String subject, Consumer<Transaction> noting) {
    change(
        kind,
        account,
        subject,
        tx -> {
          tx.account(account);
          noting.accept(tx);
          tx.changed(account);
          return true;
        });
  }

  /**
   * @throws StorageException ALREADY_EXISTS, BAD_NAME
   */
  public void addDomain(String domain) {
    String name = Addresses.domain(domain);
    change(
        "domain-add",
        null,
        name,
        tx -> {
          if (AccountRows.isDomain(tx.handle(), name)) {
            throw new StorageException(ALREADY_EXISTS, "The domain " + name + " is there already");
          }
          AccountRows.insertDomain(tx, name, clock.millis());
          return true;
        });
  }

  /**
   * @throws StorageException NOT_FOUND; CANNOT when accounts or aliases are left in it
   */
  public void removeDomain(String domain) {
    String name = orNotFound(() -> Addresses.domain(domain), domain);
    change(
        "domain-remove",
        null,
        name,
        tx -> {
          if (!AccountRows.isDomain(tx.handle(), name)) {
            throw noDomain(name);
          }
          if (AccountRows.users(tx.handle(), name) > 0) {
            throw new StorageException(
                CANNOT, "The domain " + name + " still has users or aliases; remove them first");
          }
          AccountRows.deleteDomain(tx, name);
          return true;
        });
  }

  private static StorageException noDomain(String name) {
    return new StorageException(NOT_FOUND, "The domain " + name + " is not one of ours");
  }

  private static StorageException notThere(String what) {
    return new StorageException(NOT_FOUND, "There is no " + what);
  }

  /** What cannot be a name cannot be there. */
  private static String orNotFound(Supplier<String> canonical, String given) {
    try {
      return canonical.get();
    } catch (StorageException e) {
      throw new StorageException(NOT_FOUND, "There is no " + given, e);
    }
  }

  /** Our domains in canonical form, sorted. */
  public List<String> domains() {
    return database.withHandle(AccountRows::domains);
  }

  public boolean isLocalDomain(String domain) {
    String name;
    try {
      name = Addresses.domain(domain);
    } catch (StorageException e) {
      return false;
    }
    return database.read(connection -> AccountRows.isDomain(connection, name));
  }

  /**
   * Creates an account with its INBOX and special-use mailboxes (Drafts, Sent, Junk, Trash,
   * Archive), subscribed; adds the domain when it is not ours yet.
   *
   * @param credential text form of the auth module, or null
   * @throws StorageException ALREADY_EXISTS, BAD_NAME, NO_SPACE
   */
  public Account createAccount(String address, @Nullable String credential) {
    database.space().requireForGrowth();
    Addresses.Parts parts = Addresses.own(address, false);
    String login = parts.toString();
    AccountId id =
        change(
            "account-add",
            null,
            login,
            tx -> {
              requireFree(tx, login);
              long now = clock.millis();
              if (!AccountRows.isDomain(tx.handle(), parts.domain())) {
                AccountRows.insertDomain(tx, parts.domain(), now);
              }
              AccountId created = new AccountId(tx.nextObjectId());
              AccountRows.insert(tx, created.value(), login, credential, now);
              mailboxes.createFirst(tx, created);
              return created;
            });
    return account(id).orElseThrow(() -> notThere("user " + login));
  }

  static void requireFree(Transaction tx, String address) throws SQLException {
    if (AccountRows.owner(tx.connection(), address) != null) {
      throw new StorageException(ALREADY_EXISTS, "There is a user " + address + " already");
    }
    if (!AliasRows.targets(tx.connection(), address).isEmpty()) {
      throw new StorageException(ALREADY_EXISTS, "There is an alias " + address + " already");
    }
  }

  /** The account with that address (not alias), {@code +detail} not allowed. */
  public Optional<Account> account(String address) {
    return canonical(address)
        .flatMap(parts -> database.withHandle(h -> AccountRows.find(h, parts.toString())));
  }

  /** Empty for what nobody can have. */
  private static Optional<Addresses.Parts> canonical(String address) {
    try {
      return Optional.of(Addresses.parse(address));
    } catch (StorageException e) {
      return Optional.empty();
    }
  }

  public Optional<Account> account(AccountId id) {
    return database.withHandle(handle -> AccountRows.find(handle, id));
  }

  /** Whether the account is there and enabled. */
  public boolean isEnabled(AccountId account) {
    return known.enabled(account, id -> account(id).map(Account::enabled).orElse(false));
  }

  /** All accounts, or those of one domain, sorted by login. */
  public List<Account> accounts(@Nullable String domain) {
    return database.withHandle(
        handle -> AccountRows.list(handle, domain == null ? null : Addresses.domain(domain)));
  }

  /**
   * @throws StorageException NOT_FOUND
   */
  public void setCredential(AccountId account, @Nullable String credential) {
    set(
        "account-credential",
        account,
        credential == null ? "removed" : "set",
        tx -> AccountRows.setCredential(tx, account, credential));
  }

  /**
   * @throws StorageException NOT_FOUND
   */
  public void setEnabled(AccountId account, boolean enabled) {
    set(
        enabled ? "account-enable" : "account-disable",
        account,
        "",
        tx -> AccountRows.setEnabled(tx, account, enabled));
  }

  /**
   * Zero lifts a limit.
   *
   * @throws StorageException NOT_FOUND; BAD_NAME when a limit is negative
   */
  public void setQuota(AccountId account, long bytes, long messages) {
    if (bytes < 0 || messages < 0) {
      throw new StorageException(BAD_NAME, "A quota cannot be negative; 0 means no limit");
    }
    set(
        "account-quota",
        account,
        bytes + " octets, " + messages + " messages",
        tx -> AccountRows.setQuota(tx, account, bytes, messages));
  }

  /**
   * Sets how long what the account hands in waits in the queue, so that it can be taken back.
   *
   * @param seconds 0 for not at all, null for as long as anybody's
   * @throws StorageException NOT_FOUND
   */
  public void setHoldSeconds(AccountId account, @Nullable Integer seconds) {
    set(
        "account-hold",
        account,
        seconds == null ? "as anybody's" : seconds + " s",
        tx -> AccountRows.setHoldSeconds(tx, account, seconds));
  }

  /**
   * @throws StorageException NOT_FOUND
   */
  public QuotaUsage quota(AccountId account) {
    return database
        .read(connection -> AccountRows.quota(connection, account))
        .orElseThrow(() -> notThere("such account"));
  }

  /**
   * Whether a message of that many octets fits the account's quota now.
   *
   * @throws StorageException NOT_FOUND
   */
  public boolean fits(AccountId account, long octets) {
    return known.unlimited(account, id -> quota(id).isUnlimited()) || quota(account).fits(octets);
  }

  /**
   * Removes the account and its addresses; its mail goes after the retention. @throws
   * StorageException NOT_FOUND
   */
  public void removeAccount(AccountId account) {
    change(
        "account-remove",
        account,
        "",
        tx -> {
          tx.account(account);
          long now = clock.millis();
          Outbox.close(tx, account, now);
          MailboxRows.deleteAll(tx, account, now);
          AccountRows.remove(tx, account, now);
          tx.changed(account);
          return true;
        });
  }

  /**
   * Adds targets to an alias, or makes it. A local part {@code *} makes the catch-all of a domain.
   *
   * @throws StorageException ALREADY_EXISTS when an account has that address, NOT_FOUND when the
   *     domain is not ours, BAD_NAME (no targets among it), LIMIT
   */
  public Alias addAlias(String address, List<String> targets) {
    Addresses.Parts parts = Addresses.own(address, true);
    String alias = parts.toString();
    List<String> added =
        targets.stream().map(target -> Addresses.target(target).toString()).toList();
    if (added.isEmpty()) {
      throw new StorageException(BAD_NAME, "An alias leads to one address at least");
    }
    return change(
        "alias-add",
        null,
        alias + " to " + String.join(", ", added),
        tx -> {
          if (!AccountRows.isDomain(tx.handle(), parts.domain())) {
            throw noDomain(parts.domain());
          }
          if (AccountRows.owner(tx.connection(), alias) != null) {
            throw new StorageException(ALREADY_EXISTS, "There is a user " + alias + " already");
          }
          Set<String> all = new LinkedHashSet<>(AliasRows.targets(tx.connection(), alias));
          all.addAll(added);
          if (all.size() > TARGETS_MAX) {
            throw new StorageException(
                LIMIT, "An alias leads to at most " + TARGETS_MAX + " addresses");
          }
          AliasRows.replace(tx, alias, List.copyOf(all), clock.millis());
          return existing(tx, alias);
        });
  }

  /**
   * Removes those targets, or the whole alias when none are named. @throws StorageException
   * NOT_FOUND
   */
  public void removeAlias(String address, List<String> targets) {
    String alias = orNotFound(() -> Addresses.parse(address).toString(), address);
    List<String> gone =
        targets.stream()
            .map(target -> orNotFound(() -> Addresses.parse(target).toString(), target))
            .toList();
    change(
        "alias-remove",
        null,
        alias + " " + String.join(", ", gone),
        tx -> {
          List<String> left = new ArrayList<>(AliasRows.targets(tx.connection(), alias));
          if (left.isEmpty()) {
            throw notThere("alias " + alias);
          }
          for (String target : gone) {
            if (!left.remove(target)) {
              throw notThere("target " + target + " of " + alias);
            }
          }
          AliasRows.replace(tx, alias, gone.isEmpty() ? List.of() : left, clock.millis());
          return true;
        });
  }

  private static Alias existing(Transaction tx, String alias) throws SQLException {
    Alias found = AliasRows.alias(tx.connection(), alias);
    if (found == null) {
      throw notThere("alias " + alias);
    }
    return found;
  }

  /**
   * Sets what is special about a group.
   *
   * @param owner who hears of failures; empty for {@code owner-NAME}, null to leave it as it is
   * @param posting who may write to it; null to leave it as it is
   * @throws StorageException NOT_FOUND, BAD_NAME
   */
  public Alias setGroup(String address, @Nullable String owner, Alias.@Nullable Posting posting) {
    String alias = orNotFound(() -> Addresses.parse(address).toString(), address);
    String canonical = owner == null || owner.isEmpty() ? null : Addresses.target(owner).toString();
    return change(
        "alias-set",
        null,
        alias + (owner == null ? "" : " owner " + owner) + (posting == null ? "" : " " + posting),
        tx -> {
          Alias now = existing(tx, alias);
          Alias set =
              new Alias(
                  alias,
                  now.targets(),
                  owner == null ? now.owner() : canonical,
                  posting == null ? now.posting() : posting);
          AliasRows.set(tx, set);
          return set;
        });
  }

  /** All aliases, or those of one domain, sorted by address. */
  public List<Alias> aliases(@Nullable String domain) {
    List<Alias> all = database.withHandle(AliasRows::list);
    if (domain == null) {
      return all;
    }
    String suffix = "@" + Addresses.domain(domain);
    return all.stream().filter(alias -> alias.address().endsWith(suffix)).toList();
  }

  public Optional<Alias> alias(String address) {
    return canonical(address)
        .flatMap(parts -> database.withHandle(h -> AliasRows.find(h, parts.toString())));
  }

  /**
   * Where mail for an address goes: the exact address, then without {@code +detail}, then the
   * catch-all of its domain. {@code postmaster} of one of our domains (or without any) leads, when
   * nobody has that address, to the account of the oldest enabled account of that domain (any
   * domain), so that it is always accepted (RFC 5321 §4.5.1).
   *
   * @param domain empty for {@code postmaster} without a domain
   */
  public Resolution resolve(String localPart, String domain) {
    String local = Addresses.local(localPart);
    if (domain.isEmpty()) {
      return local.equals(POSTMASTER) ? postmasterOfAny() : new Resolution.UnknownUser();
    }
    Addresses.Parts address;
    try {
      address = new Addresses.Parts(local, Addresses.domain(domain));
    } catch (StorageException e) {
      return new Resolution.NotLocal();
    }
    return known.resolution(address, this::resolve);
  }

  private Resolution resolve(Addresses.Parts address) {
    boolean postmaster = address.local().equals(POSTMASTER);
    Optional<Resolution> found = find(address);
    if (found.isPresent() && !(postmaster && found.get() instanceof Resolution.Disabled)) {
      return found.get();
    }
    return postmaster ? oldest(address.domain()) : new Resolution.UnknownUser();
  }

  private Optional<Resolution> find(Addresses.Parts address) {
    return database.read(
        connection -> Optional.ofNullable(new AddressResolver(connection).resolve(address)));
  }

  private Resolution postmasterOfAny() {
    for (String domain : domains()) {
      Optional<Resolution> found = find(new Addresses.Parts(POSTMASTER, domain));
      if (found.isPresent() && found.get() instanceof Resolution.Deliverable deliverable) {
        return deliverable;
      }
    }
    return oldest(null);
  }

  private Resolution oldest(@Nullable String domain) {
    Optional<Account> account =
        database.withHandle(handle ->
            AccountRows.oldest(handle, domain).or(() -> AccountRows.oldest(handle, null)));
    return account
        .<Resolution>map(a ->
            new Resolution.Deliverable(
                List.of(new Resolution.LocalRecipient(a.id(), a.login(), "")),
                List.of(),
                false,
                null))
        .orElseGet(Resolution.UnknownUser::new);
  }

  /**
   * Whether the account may send as that address: one of its own, with any detail, or an alias that
   * leads to it alone.
   */
  public boolean maySendAs(AccountId account, String address) {
    return canonical(address)
        .filter(parts ->
            known.sender(
                account,
                parts,
                (id, from) ->
                    database.read(connection -> new AddressResolver(connection).leadsTo(from, id))))
        .isPresent();
  }
}
