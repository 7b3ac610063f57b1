package org.postrider.pop3;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.postrider.auth.AuthOutcome;
import org.postrider.auth.Authenticator;
import org.postrider.auth.SaslContext;
import org.postrider.storage.Account;
import org.postrider.storage.AccountId;
import org.postrider.storage.ChangeBus;
import org.postrider.storage.Mailbox;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;
import org.postrider.wire.Connection;
import org.postrider.wire.Connection.Wakeup;
import org.postrider.wire.IdleTimeoutException;
import org.postrider.wire.LineTooLongException;
import org.postrider.wire.ShutdownException;
import org.postrider.wire.WireInput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A POP3 session (RFC 1939), from greeting to end. Messages are removed at QUIT alone; a session
 * that ends in any other way removes nothing.
 */
final class Pop3Session {
  private static final Logger LOG = LoggerFactory.getLogger(Pop3Session.class);

  /** For that long a silent client keeps what was read ahead for it. */
  private static final Duration READ_AHEAD_KEPT = Duration.ofSeconds(2);

  /** RFC 6856 §3: i-default must be there; our texts are English. */
  private static final List<String> LANGUAGES = List.of("i-default", "en");

  private final Pop3Settings settings;
  private final Store store;
  private final Authenticator authenticator;
  private final Clock clock;
  private final Connection connection;
  private final LoginDialogue login;
  private final AtomicBoolean accountChanged = new AtomicBoolean();
  private ChangeBus.Subscription accountSubscription = () -> {};
  private State state = new Authorization(null);
  private int errors;

  /** RFC 1939 §3; the UPDATE state is within QUIT. */
  private sealed interface State {}

  /**
   * @param user the name that USER gave, or null
   */
  private record Authorization(@Nullable String user) implements State {}

  private record Transaction(String account, MaildropLease lease, Transfer transfer)
      implements State {}

  private record Closing() implements State {}

  Pop3Session(
      Pop3Settings settings,
      Store store,
      Authenticator authenticator,
      Clock clock,
      Connection connection) {
    this.settings = settings;
    this.store = store;
    this.authenticator = authenticator;
    this.clock = clock;
    this.connection = connection;
    this.login = new LoginDialogue(authenticator, connection, settings.lineBytesMax());
  }

  void run() throws IOException {
    connection.idleTimeout(settings.idleTimeout());
    reply("+OK " + settings.hostname() + " POP3 ready");
    try {
      while (!(state instanceof Closing)) {
        turn();
      }
    } catch (IdleTimeoutException e) {
      LOG.debug("{} idle, closed", connection.id()); // RFC 1939 §3: without a reply
    } catch (ShutdownException e) {
      reply(Reply.STOPPING);
    } finally {
      if (state instanceof Transaction transaction) {
        leave(transaction, 0);
      }
      accountSubscription.close();
    }
  }

  private void turn() throws IOException {
    if (state instanceof Transaction transaction) {
      transaction.lease.end();
      giveUpReadAheadWhenSilent(transaction.transfer);
    }
    Pop3Command command;
    try {
      WireInput.Line line = connection.input().readLine(settings.lineBytesMax());
      command = Pop3Parser.parse(line.bytes());
    } catch (LineTooLongException e) {
      error(Reply.LINE_TOO_LONG);
      return;
    }
    if (state instanceof Transaction transaction && !transaction.lease.begin()) {
      LOG.info("{} {} lost the maildrop to another session", connection.id(), transaction.account);
      transaction.lease.close();
      state = new Closing();
      return;
    }
    try {
      if (isAccountClosed()) {
        closeAccount();
      } else {
        execute(command);
      }
    } catch (StorageException e) {
      reply(storageReply(e));
    } catch (LineTooLongException e) {
      error(Reply.LINE_TOO_LONG); // within AUTH
    }
  }

  private boolean isAccountClosed() {
    return state instanceof Transaction transaction
        && accountChanged.getAndSet(false)
        && !store
            .directory()
            .account(transaction.transfer.maildrop().mailbox().account())
            .map(Account::enabled)
            .orElse(false);
  }

  /** Nothing is removed, whatever the command was. */
  private void closeAccount() throws IOException {
    if (state instanceof Transaction transaction) {
      leave(transaction, 0);
    }
    state = new Closing();
    reply(Reply.CLOSED);
  }

  private void giveUpReadAheadWhenSilent(Transfer transfer) throws IOException {
    if (transfer.holdsMemory()
        && connection.input().available() == 0
        && connection.await(READ_AHEAD_KEPT) == Wakeup.TIMEOUT) {
      transfer.releaseMemory();
    }
  }

  private void execute(Pop3Command command) throws IOException {
    switch (command) {
      case Pop3Command.User(String name) -> user(name);
      case Pop3Command.Pass(String password) -> pass(password);
      case Pop3Command.Auth auth -> auth(auth);
      case Pop3Command.Apop() -> error(Reply.NO_APOP);
      case Pop3Command.Stls() -> stls();
      case Pop3Command.Capa() -> capa();
      case Pop3Command.Utf8() -> utf8();
      case Pop3Command.Lang(Optional<String> tag) -> lang(tag);
      case Pop3Command.Quit() -> quit();
      case Pop3Command.Unknown() -> error(Reply.UNKNOWN_COMMAND);
      case Pop3Command.Malformed(String why) -> error("-ERR Syntax: " + why);
      case Pop3Command.InTransaction onMaildrop -> transfer(onMaildrop);
    }
  }

  private void user(String name) throws IOException {
    if (!(state instanceof Authorization)) {
      error(Reply.LOGGED_IN);
    } else if (!login.context().secure()) {
      error(Reply.NEEDS_TLS);
    } else {
      state = new Authorization(name);
      reply("+OK Send PASS"); // whether there is such a user is not told
    }
  }

  private void pass(String password) throws IOException {
    if (!(state instanceof Authorization authorization)) {
      error(Reply.LOGGED_IN);
    } else if (authorization.user == null) {
      error(login.context().secure() ? Reply.USER_FIRST : Reply.NEEDS_TLS);
    } else {
      SaslContext context = login.context();
      String user = authorization.user;
      state = new Authorization(null);
      finishLogin(authenticator.password(user, password, context.peer()));
    }
  }

  private void auth(Pop3Command.Auth auth) throws IOException {
    if (!(state instanceof Authorization)) {
      error(Reply.LOGGED_IN);
      return;
    }
    state = new Authorization(null);
    switch (login.run(auth)) {
      case LoginDialogue.Result.Refused(String reply) -> error(reply);
      case LoginDialogue.Result.Ended(AuthOutcome outcome) -> finishLogin(outcome);
    }
  }

  private void finishLogin(AuthOutcome outcome) throws IOException {
    switch (outcome) {
      case AuthOutcome.Failure(AuthOutcome.Reason reason) -> error(LoginDialogue.reply(reason));
      case AuthOutcome.Success success -> open(success);
    }
  }

  private void open(AuthOutcome.Success success) throws IOException {
    String folder = success.detail().isEmpty() ? "INBOX" : success.detail();
    Optional<Mailbox> mailbox = folder(new AccountId(success.account()), folder);
    if (mailbox.isEmpty()) {
      error(Reply.NO_FOLDER);
      return;
    }
    Optional<MaildropLease> lease =
        MaildropLease.take(store, mailbox.get().id(), connection, clock, settings.takeoverAfter());
    if (lease.isEmpty()) {
      error(Reply.IN_USE);
      return;
    }
    Maildrop maildrop;
    try {
      maildrop = Maildrop.open(store.messages(), mailbox.get());
    } catch (RuntimeException e) {
      lease.get().close();
      throw e;
    }
    Transfer transfer = new Transfer(store, settings, maildrop, connection.output());
    state = new Transaction(success.login(), lease.get(), transfer);
    accountSubscription =
        store.changes().watch(mailbox.get().account(), () -> accountChanged.set(true));
    reply("+OK " + maildrop.messages() + " messages, " + maildrop.octets() + " octets");
  }

  private Optional<Mailbox> folder(AccountId account, String name) {
    try {
      return store.mailboxes().find(account, name);
    } catch (StorageException e) {
      if (e.reason() == StorageException.Reason.BAD_NAME) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private void stls() throws IOException {
    if (!(state instanceof Authorization)) {
      error(Reply.LOGGED_IN); // RFC 2595 §4: only before the login
    } else if (connection.tls() != null) {
      error(Reply.TLS_ACTIVE);
    } else if (!connection.canStartTls()) {
      error(Reply.NO_TLS);
    } else {
      state = new Authorization(null); // what came in plaintext is forgotten
      reply("+OK Begin TLS");
      connection.startTls();
    }
  }

  /** RFC 2449 §5; UTF8 USER is RFC 6856 §2. */
  private void capa() throws IOException {
    reply("+OK Capabilities follow");
    reply("TOP");
    reply("UIDL");
    reply("RESP-CODES");
    reply("AUTH-RESP-CODE");
    reply("PIPELINING");
    reply("EXPIRE NEVER");
    reply("UTF8 USER");
    reply("LANG");
    SaslContext context = login.context();
    if (context.secure()) {
      reply("USER");
    }
    List<String> mechanisms = authenticator.mechanisms(context);
    if (!mechanisms.isEmpty()) {
      reply("SASL " + String.join(" ", mechanisms));
    }
    if (state instanceof Authorization && connection.canStartTls()) {
      reply("STLS");
    }
    reply("IMPLEMENTATION Postrider");
    reply(".");
  }

  /**
   * RFC 6856 §2.1. Messages leave as they are stored with or without it: a client that can't show
   * UTF-8 in a header is still better served with the message than without.
   */
  private void utf8() throws IOException {
    if (state instanceof Authorization) {
      reply("+OK UTF-8 it is");
    } else {
      error(Reply.LOGGED_IN);
    }
  }

  /** RFC 6856 §3. */
  private void lang(Optional<String> tag) throws IOException {
    if (tag.isEmpty()) {
      reply("+OK Languages follow");
      reply("i-default Default language");
      reply("en English");
      reply(".");
    } else if (tag.get().equals("*")) {
      reply("+OK i-default The server's choice is English");
    } else {
      Optional<String> known =
          LANGUAGES.stream().filter(l -> l.equalsIgnoreCase(tag.get())).findFirst();
      if (known.isPresent()) {
        reply("+OK " + known.get() + " Replies are in English");
      } else {
        reply("-ERR No such language; LANG lists them"); // no fault of the client's
      }
    }
  }

  private void transfer(Pop3Command.InTransaction command) throws IOException {
    if (state instanceof Transaction transaction) {
      transaction.transfer.execute(command);
    } else {
      error(Reply.LOG_IN_FIRST);
    }
  }

  private void quit() throws IOException {
    if (!(state instanceof Transaction transaction)) {
      state = new Closing();
      reply(Reply.BYE);
      return;
    }
    Maildrop maildrop = transaction.transfer.maildrop();
    long[] marked = maildrop.markedUids();
    String reply = Reply.BYE;
    int removed = 0;
    try {
      if (marked.length > 0) {
        removed = store.messages().expunge(maildrop.mailbox().id(), marked, "pop3").length;
        reply = "+OK Bye, " + removed + " messages removed";
      }
    } catch (StorageException e) {
      LOG.warn("{} QUIT: {}", connection.id(), e.getMessage(), e);
      reply =
          e.reason() == StorageException.Reason.NOT_FOUND ? Reply.FOLDER_GONE : Reply.NOT_REMOVED;
    } finally {
      // before the reply: a client that comes back at once finds the maildrop free
      leave(transaction, removed);
      state = new Closing();
    }
    reply(reply);
  }

  private void leave(Transaction transaction, int removed) {
    transaction.lease.close();
    LOG.info(
        "{} pop3 {} {}: {} messages, {} retrieved, {} removed",
        connection.id(),
        transaction.account,
        transaction.transfer.maildrop().mailbox().name(),
        transaction.transfer.maildrop().last(),
        transaction.transfer.retrieved(),
        removed);
  }

  private String storageReply(StorageException e) {
    LOG.warn("{} {}", connection.id(), e.getMessage(), e);
    return switch (e.reason()) {
      case NOT_FOUND -> Reply.MESSAGE_GONE;
      case DAMAGED -> Reply.MESSAGE_DAMAGED;
      case ALREADY_EXISTS,
          BAD_NAME,
          OVER_QUOTA,
          LIMIT,
          CANNOT,
          IN_USE,
          TOO_BIG,
          NO_SPACE,
          UNAVAILABLE ->
          Reply.UNAVAILABLE;
    };
  }

  /** A reply that counts as an error; too many of them end the session. */
  private void error(String text) throws IOException {
    reply(text);
    if (++errors >= settings.errorsMax()) {
      reply(Reply.TOO_MANY_ERRORS);
      if (state instanceof Transaction transaction) {
        leave(transaction, 0);
      }
      state = new Closing();
    }
  }

  private void reply(String line) throws IOException {
    connection.output().writeLatin1(line + "\r\n");
  }
}
