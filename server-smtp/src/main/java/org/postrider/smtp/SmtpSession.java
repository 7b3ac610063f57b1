package org.postrider.smtp;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postrider.auth.AuthOutcome;
import org.postrider.auth.Authenticator;
import org.postrider.auth.SaslContext;
import org.postrider.smtp.SmtpCommand.Auth;
import org.postrider.smtp.SmtpCommand.Bdat;
import org.postrider.smtp.SmtpCommand.Data;
import org.postrider.smtp.SmtpCommand.Ehlo;
import org.postrider.smtp.SmtpCommand.Etrn;
import org.postrider.smtp.SmtpCommand.Expn;
import org.postrider.smtp.SmtpCommand.Helo;
import org.postrider.smtp.SmtpCommand.Help;
import org.postrider.smtp.SmtpCommand.Lhlo;
import org.postrider.smtp.SmtpCommand.Mail;
import org.postrider.smtp.SmtpCommand.Noop;
import org.postrider.smtp.SmtpCommand.Quit;
import org.postrider.smtp.SmtpCommand.Rcpt;
import org.postrider.smtp.SmtpCommand.Rset;
import org.postrider.smtp.SmtpCommand.StartTls;
import org.postrider.smtp.SmtpCommand.Unimplemented;
import org.postrider.smtp.SmtpCommand.Vrfy;
import org.postrider.smtp.SmtpSettings.Role;
import org.postrider.smtp.SmtpState.Chunks;
import org.postrider.smtp.SmtpState.Connected;
import org.postrider.smtp.SmtpState.Greeting;
import org.postrider.smtp.SmtpState.Ready;
import org.postrider.smtp.SmtpState.Transaction;
import org.postrider.smtp.check.MailCheck;
import org.postrider.storage.Account;
import org.postrider.storage.AccountId;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;
import org.postrider.wire.Connection;
import org.postrider.wire.IdleTimeoutException;
import org.postrider.wire.LineTooLongException;
import org.postrider.wire.ShutdownException;
import org.postrider.wire.TlsSession;
import org.postrider.wire.WireInput;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client, from greeting to end: a loop that reads a command, executes it as the state allows,
 * and replies. Replies leave when there is no more input at hand (RFC 2920 §3.2), which the wire
 * sees to. Used by its own thread only.
 */
final class SmtpSession {
  private static final Logger log = LoggerFactory.getLogger(SmtpSession.class);

  private record Turn(SmtpState state, SmtpCommand command) {}

  private final SmtpSettings settings;
  private final Dialect dialect;
  private final Store store;
  private final Authenticator authenticator;
  private final Clock clock;
  private final Connection connection;
  private final Reception reception;
  private final Filing filing;
  private final Inquiry inquiry;
  private SmtpState state = new Connected();
  private @Nullable Account account;
  private int transactions;
  private int errors;
  private boolean closing;

  SmtpSession(
      SmtpSettings settings,
      Store store,
      Authenticator authenticator,
      Clock clock,
      Connection connection,
      List<MailCheck> checks) {
    this.settings = settings;
    this.store = store;
    this.authenticator = authenticator;
    this.clock = clock;
    this.connection = connection;
    this.dialect = settings.dialect();
    this.filing = new Filing(store, dialect);
    this.reception = new Reception(settings, store, clock, connection, checks, filing);
    this.inquiry = new Inquiry(store);
  }

  SmtpSettings settings() {
    return settings;
  }

  Connection connection() {
    return connection;
  }

  Clock clock() {
    return clock;
  }

  boolean isAuthenticated() {
    return account != null;
  }

  /** Messages that were begun. */
  int transactions() {
    return transactions;
  }

  /** RFC 1985 §6: not everybody may have the queue looked through. */
  boolean mayStartQueue() {
    InetAddress client = connection.remoteAddress().getAddress();
    return account != null
        || settings.extensions().etrnFrom().stream().anyMatch(block -> block.contains(client));
  }

  /** The mechanisms of AUTH: none on port 25, and none where a password could be overheard. */
  List<String> mechanisms() {
    return settings.role() == Role.SUBMISSION && isSecure()
        ? authenticator.mechanisms(saslContext())
        : List.of();
  }

  private boolean isSecure() {
    return connection.tls() != null || connection.isLoopback();
  }

  void run() throws IOException {
    connection.idleTimeout(settings.idleTimeout());
    try {
      closing = !isWelcome();
      String name = settings.hostname() + " " + dialect.protocol(true, false) + " Postrider";
      send(closing ? Replies.NOT_WELCOME : SmtpReply.plain(220, name));
      while (!closing) {
        turn();
      }
    } catch (IdleTimeoutException e) {
      send(Replies.IDLE);
    } catch (ShutdownException e) {
      send(Replies.SHUTDOWN);
    } catch (RuntimeException e) {
      log.error("{} session failed", connection.id(), e);
      send(Replies.FAULT);
    } finally {
      become(new Connected());
    }
  }

  /** LMTP takes mail as it comes, without a password: from those only who are known to be right. */
  private boolean isWelcome() {
    InetAddress client = connection.remoteAddress().getAddress();
    return settings.role() != Role.LMTP
        || settings.trusted().stream().anyMatch(block -> block.contains(client));
  }

  private void send(SmtpReply reply) throws IOException {
    reply.writeTo(connection.output());
  }

  /** Reads a command, executes it, replies. */
  private void turn() throws IOException {
    SmtpReply reply;
    boolean counts = true;
    try {
      SmtpCommand command = command();
      // The chunks that a client has sent on behind a refused one are no errors of their own.
      counts = !(command instanceof Bdat);
      reply = execute(command);
    } catch (SmtpRefusal e) {
      reply = e.reply();
      closing |= e.isFatal();
    }
    if (reply == null) {
      return;
    }
    if (counts && reply.isCommandError() && ++errors >= settings.errorsMax()) {
      reply = Replies.TOO_MANY_ERRORS;
      closing = true;
    }
    send(reply);
  }

  private SmtpCommand command() throws IOException, SmtpRefusal {
    boolean submission = settings.role() == Role.SUBMISSION;
    int max = Math.max(settings.commandLineMax(), submission ? settings.authLineMax() : 0);
    WireInput.Line line;
    try {
      line = connection.input().readLine(max);
    } catch (LineTooLongException e) {
      throw new SmtpRefusal(Replies.LINE_TOO_LONG);
    }
    byte[] bytes = line.bytes();
    if (bytes.length > settings.commandLineMax()
        && !line.latin1().regionMatches(true, 0, "AUTH ", 0, 5)) {
      throw new SmtpRefusal(Replies.LINE_TOO_LONG);
    }
    if (!line.crlf()) {
      throw new SmtpRefusal(Replies.BARE_LF_IN_COMMAND);
    }
    return CommandParser.parse(bytes);
  }

  /** The table of states and commands; null when the command has replied itself. */
  private @Nullable SmtpReply execute(SmtpCommand command) throws IOException, SmtpRefusal {
    return switch (new Turn(state, command)) {
      case Turn(_, Helo(String domain)) -> greet(command, new Greeting(domain, false));
      case Turn(_, Ehlo(String domain)) -> greet(command, new Greeting(domain, true));
      case Turn(_, Lhlo(String domain)) -> greet(command, new Greeting(domain, true));
      case Turn(_, Noop()) -> Replies.OK;
      case Turn(_, Help(String topic)) ->
          topic.equalsIgnoreCase("STATUS") ? HelpText.status(this) : HelpText.reply(topic);
      case Turn(_, Vrfy(String string)) ->
          account == null ? Replies.CANNOT_VERIFY : inquiry.verify(string);
      case Turn(_, Expn(String string)) ->
          account == null ? Replies.CANNOT_EXPAND : inquiry.expand(string);
      case Turn(Connected _, Etrn _) -> Replies.NEED_HELO;
      case Turn(Ready _, Etrn(String node)) ->
          mayStartQueue() ? EtrnExtension.start(node, store) : Replies.ETRN_DENIED;
      case Turn(Transaction _, Etrn _), Turn(Chunks _, Etrn _) -> Replies.NOT_IN_TRANSACTION;
      case Turn(_, Unimplemented _) -> Replies.NOT_IMPLEMENTED;
      case Turn(_, Rset()) -> {
        reset();
        yield Replies.RESET;
      }
      case Turn(_, Quit()) -> {
        closing = true;
        yield Replies.GOODBYE;
      }

      case Turn(Connected _, Mail _),
          Turn(Connected _, Rcpt _),
          Turn(Connected _, Data _),
          Turn(Connected _, StartTls _),
          Turn(Connected _, Auth _) ->
          Replies.NEED_HELO;
      case Turn(Connected _, Bdat bdat) -> refuseChunk(bdat, Replies.NEED_HELO);

      case Turn(Ready(Greeting greeting), Mail mail) -> mail(greeting, mail);
      case Turn(Ready _, Rcpt _), Turn(Ready _, Data _) -> Replies.NEED_MAIL;
      case Turn(Ready _, Bdat bdat) -> refuseChunk(bdat, Replies.NEED_MAIL);
      case Turn(Ready _, StartTls()) -> startTls();
      case Turn(Ready _, Auth auth) -> authenticate(auth);

      case Turn(Transaction _, Mail _) -> Replies.NESTED_MAIL;
      case Turn(Transaction(Greeting greeting, Envelope envelope), Rcpt rcpt) ->
          rcpt(greeting, envelope, rcpt);
      case Turn(Transaction transaction, Data()) -> data(transaction);
      case Turn(Transaction transaction, Bdat bdat) -> firstChunk(transaction, bdat);

      case Turn(Chunks _, Mail _), Turn(Chunks _, Rcpt _), Turn(Chunks _, Data _) ->
          Replies.CHUNKS_BEGUN;
      case Turn(Chunks chunks, Bdat bdat) -> chunk(chunks, bdat);

      case Turn(Transaction _, StartTls _),
          Turn(Transaction _, Auth _),
          Turn(Chunks _, StartTls _),
          Turn(Chunks _, Auth _) ->
          Replies.NOT_IN_TRANSACTION;
    };
  }

  /** Goes to another state; what the old one held open is given up. */
  private void become(SmtpState next) {
    if (state instanceof Chunks(_, _, IncomingMessage message)
        && !(next instanceof Chunks(_, _, IncomingMessage same) && same == message)) {
      message.close();
    }
    state = next;
  }

  private void reset() {
    switch (state) {
      case Connected(), Ready _ -> {}
      case Transaction(Greeting greeting, _) -> become(new Ready(greeting));
      case Chunks(Greeting greeting, _, _) -> become(new Ready(greeting));
    }
  }

  private SmtpReply greet(SmtpCommand command, Greeting greeting) {
    if (!dialect.greets(command)) {
      return Replies.UNKNOWN_COMMAND;
    }
    become(new Ready(greeting)); // RFC 5321 §4.1.4: as RSET
    if (!greeting.extended()) {
      return SmtpReply.plain(250, settings.hostname());
    }
    List<String> lines = new ArrayList<>();
    lines.add(settings.hostname());
    for (SmtpExtension extension : ExtensionTable.ALL) {
      extension.ehloLine(this).ifPresent(lines::add);
    }
    return new SmtpReply(250, "", lines);
  }

  private @Nullable SmtpReply startTls() throws IOException {
    if (connection.tls() != null) {
      return Replies.TLS_ACTIVE;
    }
    if (!connection.canStartTls()) {
      return Replies.NOT_IMPLEMENTED;
    }
    send(Replies.START_TLS);
    connection.startTls();
    // RFC 3207 §4.2: nothing is known of the client any more
    account = null;
    become(new Connected());
    return null;
  }

  private SmtpReply authenticate(Auth command) throws IOException, SmtpRefusal {
    if (settings.role() != Role.SUBMISSION) {
      return Replies.NOT_IMPLEMENTED;
    }
    if (account != null) {
      return Replies.ALREADY_AUTHENTICATED;
    }
    if (!isSecure()) {
      return Replies.ENCRYPTION_REQUIRED;
    }
    AuthOutcome.Success success =
        new AuthDialogue(connection, authenticator, settings.authLineMax())
            .run(command, saslContext());
    Optional<Account> found;
    try {
      found = store.directory().account(new AccountId(success.account()));
    } catch (StorageException e) {
      throw new SmtpRefusal(Replies.AUTHENTICATION_UNAVAILABLE);
    }
    account = found.orElseThrow(() -> new SmtpRefusal(Replies.BAD_CREDENTIALS));
    log.debug("{} authenticated as {}", connection.id(), success.login());
    return Replies.AUTHENTICATED;
  }

  private SaslContext saslContext() {
    TlsSession tls = connection.tls();
    return new SaslContext(
        "smtp",
        connection.remoteAddress().getAddress(),
        isSecure(),
        tls == null ? null : tls.serverEndPoint(),
        tls == null ? null : tls.exporter());
  }

  private SmtpReply mail(Greeting greeting, Mail command) throws SmtpRefusal {
    if (settings.role() == Role.SUBMISSION && account == null) {
      return Replies.AUTHENTICATION_REQUIRED;
    }
    Envelope envelope = new Envelope(command.reversePath());
    for (MailParameter parameter : command.parameters()) {
      boolean owned = false;
      for (SmtpExtension extension : offered(greeting)) {
        owned |= extension.mailParameter(parameter, envelope, this);
      }
      if (!owned) {
        return Replies.UNKNOWN_PARAMETER;
      }
    }
    for (SmtpExtension extension : ExtensionTable.ALL) {
      extension.checkMail(envelope, this);
    }
    Account sender = account;
    if (sender != null && !filing.isOpen(sender)) {
      return Replies.SENDER_DISABLED;
    }
    // A user may send from <>: a disposition notification has to (RFC 8098 §3).
    if (sender != null
        && command.reversePath() instanceof ReversePath.Sender(MailAddress address)
        && !filing.maySendAs(sender, address)) {
      return Replies.SENDER_NOT_OWN;
    }
    filing.requireRoom();
    become(new Transaction(greeting, envelope));
    return Replies.SENDER_OK;
  }

  /** HELO means that no extension may be used (RFC 5321 §2.2.1, §4.1.1.1). */
  private static List<SmtpExtension> offered(Greeting greeting) {
    return greeting.extended() ? ExtensionTable.ALL : List.of();
  }

  private SmtpReply rcpt(Greeting greeting, Envelope envelope, Rcpt command) throws SmtpRefusal {
    if (envelope.recipients().size() >= settings.recipientsMax()) {
      return Replies.TOO_MANY_RECIPIENTS;
    }
    List<MailParameter> kept = new ArrayList<>();
    try {
      for (MailParameter parameter : command.parameters()) {
        boolean owned = false;
        for (SmtpExtension extension : offered(greeting)) {
          owned |= extension.rcptParameter(parameter, kept, envelope, this);
        }
        if (!owned) {
          throw new SmtpRefusal(Replies.UNKNOWN_PARAMETER);
        }
      }
      for (SmtpExtension extension : ExtensionTable.ALL) {
        extension.checkRcpt(command.forwardPath(), envelope, this);
      }
      filing.add(command.forwardPath(), MailParameter.joined(kept), envelope, account);
    } catch (SmtpRefusal e) {
      envelope.countRefused();
      throw e;
    }
    return Replies.RECIPIENT_OK;
  }

  /** Why content can't come yet, if so. */
  private Optional<SmtpReply> notYet(Envelope envelope) {
    return envelope.hasRecipients()
        ? Optional.empty()
        : Optional.of(dialect.noRecipients(envelope.hasRefusedRecipients()));
  }

  /** Takes or refuses a message that was received; the last of the replies is left to be sent. */
  private SmtpReply conclude(IncomingMessage message) throws IOException {
    Receipt receipt = reception.accept(message, account);
    List<SmtpReply> replies = dialect.replies(message.envelope(), receipt);
    for (SmtpReply reply : replies.subList(0, replies.size() - 1)) {
      send(reply);
    }
    return replies.getLast();
  }

  private SmtpReply data(Transaction transaction) throws IOException {
    Envelope envelope = transaction.envelope();
    Optional<SmtpReply> refusal = notYet(envelope);
    if (refusal.isPresent()) {
      return refusal.get();
    }
    if (envelope.isBinary()) {
      return Replies.BINARY_NEEDS_BDAT;
    }
    try (IncomingMessage message = open(transaction.greeting(), envelope)) {
      send(Replies.SEND_DATA);
      closing |= !reception.readData(message);
      reset();
      return conclude(message);
    } catch (StorageException e) {
      reset();
      return Filing.reply(e);
    }
  }

  private IncomingMessage open(Greeting greeting, Envelope envelope) {
    return reception.open(envelope, greeting, ++transactions, account != null);
  }

  /** The octets of a refused chunk are no commands; they are taken and dropped (RFC 3030 §2). */
  private SmtpReply refuseChunk(Bdat command, SmtpReply reply) throws IOException {
    closing |= !reception.discard(command.size());
    return reply;
  }

  private SmtpReply firstChunk(Transaction transaction, Bdat command) throws IOException {
    Envelope envelope = transaction.envelope();
    Optional<SmtpReply> refusal = notYet(envelope);
    if (refusal.isPresent()) {
      return refuseChunk(command, refusal.get());
    }
    Greeting greeting = transaction.greeting();
    Chunks chunks;
    try {
      chunks = new Chunks(greeting, envelope, open(greeting, envelope));
    } catch (StorageException e) {
      reset();
      return refuseChunk(command, Filing.reply(e));
    }
    become(chunks);
    return chunk(chunks, command);
  }

  /**
   * Takes a chunk. One that fails ends the transaction, so that the chunks behind it are refused
   * one by one and the next MAIL is welcome.
   */
  private SmtpReply chunk(Chunks chunks, Bdat command) throws IOException {
    IncomingMessage message = chunks.message();
    closing |= !reception.readChunk(message, command.size());
    SmtpReply failure = message.failure();
    if (failure == null && !command.last()) {
      return Replies.CHUNK_OK;
    }
    try {
      return failure == null || command.last() ? conclude(message) : failure;
    } finally {
      reset();
    }
  }
}
