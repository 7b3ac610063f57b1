package org.postrider.imap.session;

import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.auth.Authenticator;
import org.postrider.auth.SaslContext;
import org.postrider.imap.content.MessageFields;
import org.postrider.imap.response.ResponseWriter;
import org.postrider.imap.session.SessionState.Authenticated;
import org.postrider.imap.session.SessionState.NotAuthenticated;
import org.postrider.imap.session.SessionState.Selected;
import org.postrider.imap.syntax.ImapFatalException;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.storage.Account;
import org.postrider.storage.ChangeBus;
import org.postrider.storage.MailboxId;
import org.postrider.storage.Messages;
import org.postrider.storage.StorageException;
import org.postrider.storage.Store;
import org.postrider.storage.index.TextIndex;
import org.postrider.wire.Connection;
import org.postrider.wire.TlsSession;

/** One client's session; used by its own thread only. */
public final class ImapSession implements AutoCloseable {
  private final Connection connection;
  private final ImapReader reader;
  private final ResponseWriter writer;
  private final Store store;
  private final Authenticator authenticator;
  private final RecentMarks recentMarks;
  private final MessageFields messageFields;
  private final TextIndex textIndex;
  private final SessionLimits limits;
  private final Clock clock;
  private final AtomicBoolean accountChanged = new AtomicBoolean();
  private SessionState state = new NotAuthenticated();
  private ChangeBus.Subscription accountSubscription = () -> {};
  private @Nullable Notifications notifications;
  private String tag = "";
  private boolean condstore;
  private boolean qresync;
  private boolean uidOnly;
  private boolean utf8;
  private boolean rev2;
  private boolean ended;

  public ImapSession(
      Connection connection,
      ImapReader reader,
      ResponseWriter writer,
      Store store,
      Authenticator authenticator,
      RecentMarks recentMarks,
      MessageFields messageFields,
      TextIndex textIndex,
      SessionLimits limits,
      Clock clock) {
    this.connection = connection;
    this.reader = reader;
    this.writer = writer;
    this.store = store;
    this.authenticator = authenticator;
    this.recentMarks = recentMarks;
    this.messageFields = messageFields;
    this.textIndex = textIndex;
    this.limits = limits;
    this.clock = clock;
  }

  public Connection connection() {
    return connection;
  }

  public ImapReader reader() {
    return reader;
  }

  public ResponseWriter writer() {
    return writer;
  }

  public Store store() {
    return store;
  }

  public Messages messages() {
    return store.messages();
  }

  public Authenticator authenticator() {
    return authenticator;
  }

  public RecentMarks recentMarks() {
    return recentMarks;
  }

  public MessageFields messageFields() {
    return messageFields;
  }

  public TextIndex textIndex() {
    return textIndex;
  }

  public SessionLimits limits() {
    return limits;
  }

  public Clock clock() {
    return clock;
  }

  public SessionState state() {
    return state;
  }

  /** The tag of the command that is being executed. */
  public String tag() {
    return tag;
  }

  public void tag(String current) {
    tag = current;
  }

  /** The account that is logged in. The command table sees to it that there is one. */
  public Account account() {
    return switch (state) {
      case NotAuthenticated() -> throw new IllegalStateException("not logged in");
      case Authenticated(Account account) -> account;
      case Selected(Account account, MailboxView ignored) -> account;
    };
  }

  /** The selected mailbox. The command table sees to it that there is one. */
  public MailboxView view() {
    if (state instanceof Selected(Account ignored, MailboxView view)) {
      return view;
    }
    throw new IllegalStateException("no mailbox selected");
  }

  /** Whether passwords may be sent in the clear: under TLS, or from this machine. */
  public boolean isSecure() {
    return connection.tls() != null || connection.isLoopback();
  }

  /** What SASL mechanisms may know. */
  public SaslContext saslContext() {
    TlsSession tls = connection.tls();
    return new SaslContext(
        "imap",
        connection.remoteAddress().getAddress(),
        isSecure(),
        tls == null ? null : tls.serverEndPoint(),
        tls == null ? null : tls.exporter());
  }

  /** Turns to authenticated state. */
  public void login(Account account) {
    state = new Authenticated(account);
    connection.idleTimeout(limits.idleTimeout());
    accountSubscription =
        store
            .changes()
            .watch(
                account.id(),
                () -> {
                  accountChanged.set(true);
                  connection.wake();
                });
  }

  /** Opens a mailbox; the one that was selected before must be closed. */
  public void select(MailboxView view) {
    state = new Selected(account(), view);
    view.watch(store.changes(), connection::wake);
    if (notifications != null) {
      view.listen(notifications.interest(), notifications.newMessages());
    }
  }

  /** Closes the selected mailbox, if there is one, without expunging. */
  public void unselect() {
    if (state instanceof Selected(Account account, MailboxView view)) {
      view.close();
      state = new Authenticated(account);
    }
  }

  /** Whether FETCH responses carry MODSEQ from now on (RFC 7162 §3.1). */
  public boolean isCondstore() {
    return condstore;
  }

  public void enableCondstore() {
    condstore = true;
  }

  /** Whether VANISHED is sent in place of EXPUNGE (RFC 7162 §3.2.3). */
  public boolean isQresync() {
    return qresync;
  }

  /** Turns to QRESYNC, which comes with CONDSTORE. */
  public void enableQresync() {
    qresync = true;
    condstore = true;
  }

  /** Whether there are no sequence numbers any more (RFC 9586 §3). */
  public boolean isUidOnly() {
    return uidOnly;
  }

  public void enableUidOnly() {
    uidOnly = true;
  }

  public boolean isUtf8() {
    return utf8;
  }

  public void enableUtf8() {
    utf8 = true;
    reader.utf8(true);
    writer.utf8(true);
  }

  /** Whether the client speaks IMAP4rev2 (RFC 9051 §6.3.1). */
  public boolean isRev2() {
    return rev2;
  }

  /**
   * Turns to IMAP4rev2: mailbox names are UTF-8, and what RFC 9051 Appendix E deprecates is sent no
   * more.
   */
  public void enableRev2() {
    rev2 = true;
    reader.utf8(true);
    writer.utf8(true);
  }

  /** Back to where the session began, but for TLS (RFC 8437 §3). */
  public void unauthenticate() {
    unselect();
    if (notifications != null) {
      notifications.close();
      notifications = null;
    }
    accountSubscription.close();
    accountSubscription = () -> {};
    accountChanged.set(false);
    state = new NotAuthenticated();
    condstore = false;
    qresync = false;
    uidOnly = false;
    utf8 = false;
    rev2 = false;
    reader.utf8(false);
    writer.utf8(false);
    connection.idleTimeout(limits.loginTimeout());
  }

  /** What the client wants to be told unasked, null before it said so (RFC 5465). */
  public @Nullable Notifications notifications() {
    return notifications;
  }

  /** The client wants to be told this from now on, and nothing of what it wanted before. */
  public void notifications(Notifications wanted) {
    if (notifications != null) {
      notifications.close();
    }
    notifications = wanted;
    if (state instanceof Selected(Account ignored, MailboxView view)) {
      view.listen(wanted.interest(), wanted.newMessages());
    }
  }

  /**
   * Tells the client what it wants to be told between commands (RFC 5465 §3.1).
   *
   * @throws StorageException when that could not be read; it is tried again at the next call
   */
  public void reportNotifications() throws IOException {
    if (notifications != null) {
      reportChanges(report(!notifications.isDelayed(), true));
      notifications.report();
    }
  }

  /** Notes messages that this session put into a mailbox, selected or not. */
  public void noteArrivals(MailboxId mailbox, long[] uids) {
    if (state instanceof Selected(Account ignored, MailboxView view)
        && view.mailbox().equals(mailbox)) {
      view.noteOwnArrivals(uids);
    }
    if (notifications != null) {
      notifications.arrived(mailbox, uids);
    }
  }

  /** Notes what this session did to names: it is not told of that. */
  public void noteNames(Consumer<Notifications> note) {
    if (notifications != null) {
      note.accept(notifications);
    }
  }

  /** No command is taken after this one. */
  public void end() {
    ended = true;
  }

  public boolean isEnded() {
    return ended;
  }

  /** What messages are called in responses. */
  public MailboxView.Names names() {
    return uidOnly
        ? MailboxView.Names.UIDS
        : qresync ? MailboxView.Names.UIDS_OF_EXPUNGED : MailboxView.Names.NUMBERS;
  }

  /** What may be reported after a command. */
  public MailboxView.Report report(boolean expunges, boolean withUid) {
    boolean uid = withUid || condstore || rev2 || notifications != null;
    return new MailboxView.Report(expunges, uid, condstore, !rev2, names());
  }

  /**
   * Tells the client of changes in its mailbox.
   *
   * @throws ImapFatalException when the mailbox was deleted, or the account disabled or removed: no
   *     response could say so and keep the session
   */
  public void reportChanges(MailboxView.Report how) throws IOException {
    checkAccount();
    if (state instanceof Selected(Account ignored, MailboxView view)) {
      try {
        view.report(store.messages(), writer, how);
      } catch (StorageException e) {
        if (e.reason() != StorageException.Reason.NOT_FOUND) {
          throw e;
        }
        throw new ImapFatalException("[NONEXISTENT] The selected mailbox was deleted");
      }
    }
  }

  private void checkAccount() throws ImapFatalException {
    if (!(state instanceof NotAuthenticated) && accountChanged.getAndSet(false)) {
      Optional<Account> now = store.directory().account(account().id());
      if (now.isEmpty() || !now.get().enabled()) {
        throw new ImapFatalException("[CONTACTADMIN] The account was closed");
      }
    }
  }

  @Override
  public void close() {
    unselect();
    if (notifications != null) {
      notifications.close();
    }
    accountSubscription.close();
  }
}
