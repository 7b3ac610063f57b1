package org.postrider.imap;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postrider.imap.command.CommandTable;
import org.postrider.imap.command.CommandTable.Row;
import org.postrider.imap.command.CommandTable.Trait;
import org.postrider.imap.command.ImapCommand;
import org.postrider.imap.response.Completion;
import org.postrider.imap.response.Completion.Status;
import org.postrider.imap.response.ResponseCode;
import org.postrider.imap.response.ResponseWriter;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.MailboxView;
import org.postrider.imap.session.SessionState;
import org.postrider.imap.session.SessionState.NotAuthenticated;
import org.postrider.imap.session.SessionState.Selected;
import org.postrider.imap.session.StorageRefusal;
import org.postrider.imap.syntax.ImapFatalException;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;
import org.postrider.storage.StorageException;
import org.postrider.wire.IdleTimeoutException;
import org.postrider.wire.ShutdownException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session from greeting to end: pulls a command, parses it, checks its row, executes it, reports
 * what others changed, and writes the tagged response. The three kinds of failure are mapped here
 * and nowhere else: bad syntax is BAD, a refusal of the store is NO with a code, our own fault is
 * logged and NO [SERVERBUG].
 */
final class ImapConversation {
  private static final Logger log = LoggerFactory.getLogger(ImapConversation.class);

  private final ImapSettings settings;
  private final ImapSession session;
  private final ImapReader reader;
  private final ResponseWriter writer;
  private int errors;
  private boolean holdsExpunges;
  private long commands;

  ImapConversation(ImapSettings settings, ImapSession session) {
    this.settings = settings;
    this.session = session;
    this.reader = session.reader();
    this.writer = session.writer();
  }

  void run() throws IOException {
    writer.ok(
        new ResponseCode.Capability(CommandTable.capabilities(session)),
        settings.hostname() + " Postrider ready");
    String end = "logout";
    try {
      while (!session.isEnded()) {
        awaitCommand();
        reader.begin();
        command();
        reader.release();
      }
    } catch (ImapFatalException e) {
      end = String.valueOf(e.getMessage());
      writer.bye(end);
    } catch (IdleTimeoutException e) {
      end = "idle";
      writer.bye("Autologout, idle for too long");
    } catch (ShutdownException e) {
      end = "shutdown";
      writer.bye("[UNAVAILABLE] Server shutting down");
    } finally {
      if (!(session.state() instanceof NotAuthenticated)) {
        log.info(
            "imap session {} account={} commands={} end={}",
            session.connection().id(),
            session.account().id(),
            commands,
            end);
      }
    }
  }

  /** Tells what the client wants to hear at once, until it gives a command (RFC 5465 §3.1). */
  private void awaitCommand() throws IOException {
    long start = System.nanoTime();
    while (session.notifications() != null) {
      try {
        session.reportNotifications();
      } catch (StorageException e) {
        // It is told later; there is no command that could be refused.
        Completion refusal = refusal(e);
        writer.warn(
            Objects.requireNonNullElse(refusal.code(), ResponseCode.Plain.UNAVAILABLE),
            "What changed can't be told now");
      }
      Duration left = settings.idleTimeout().minusNanos(System.nanoTime() - start);
      switch (session.connection().await(left)) {
        case INPUT -> {
          return;
        }
        case SIGNAL -> {}
        case TIMEOUT -> throw new IdleTimeoutException("no command");
      }
    }
  }

  private void command() throws IOException {
    commands++;
    String tag = reader.tag();
    Completion completion = tag == null ? untagged() : tagged(tag);
    countErrors(completion);
    writer.completion(tag, completion);
    Completion.After after = completion.after();
    if (after != null) {
      after.run();
    }
  }

  private Completion untagged() throws IOException {
    reader.discard();
    return Completion.bad("Expected a tag and a command");
  }

  private Completion tagged(String tag) throws IOException {
    session.tag(tag);
    Row row = null;
    holdsExpunges = false;
    Completion completion;
    try {
      reader.checkLength();
      row = CommandTable.find(reader);
      holdsExpunges = row.has(Trait.FORBIDS_EXPUNGE_REPORT);
      completion = execute(row);
      discardRest();
    } catch (ImapSyntaxException e) {
      reader.discard();
      return Completion.bad(String.valueOf(e.getMessage()));
    } catch (StorageException e) {
      discardRest();
      completion = refusal(e);
    } catch (RuntimeException e) {
      log.error("imap session {} command {} failed", session.connection().id(), row, e);
      reader.discard();
      return Completion.no(ResponseCode.Plain.SERVERBUG, "Internal error");
    }
    return completion.status() == Status.BAD ? completion : report(row, completion);
  }

  /** Skips what was not read of a command that was refused. */
  private void discardRest() throws IOException {
    if (reader.isLiteralPending() || !reader.atEnd()) {
      reader.discard();
    }
  }

  private Completion execute(Row row) throws IOException, ImapSyntaxException {
    if (row.hasArguments()) {
      reader.space();
    }
    // The arguments are parsed in any state, so that the command's end is found.
    ImapCommand command = row.parser().parse(reader);
    if (!row.has(Trait.READS_WHILE_EXECUTING)) {
      reader.end();
    }
    SessionState state = session.state();
    if (!row.isAllowedIn(state)) {
      return Completion.bad(
          state instanceof NotAuthenticated
              ? "Log in first"
              : row.isAllowedIn(new NotAuthenticated())
                  ? "Already logged in"
                  : row.states().contains(CommandTable.State.SELECTED)
                      ? "Select a mailbox first"
                      : "Not with a mailbox selected");
    }
    boolean byNumber = command.usesSequenceNumbers();
    if (session.isUidOnly() && (byNumber || row.has(Trait.USES_SEQUENCE_NUMBERS))) {
      return Completion.bad("Only UIDs are used here").with(ResponseCode.Plain.UIDREQUIRED);
    }
    holdsExpunges |= byNumber;
    return command.execute(session);
  }

  private Completion refusal(StorageException e) {
    if (e.reason() == StorageException.Reason.UNAVAILABLE) {
      log.warn("imap session {}: {}", session.connection().id(), e.getMessage());
    }
    return StorageRefusal.of(e);
  }

  /** Reports what others changed, before the tagged response (RFC 3501 §5.5). */
  private Completion report(@Nullable Row row, Completion completion) throws IOException {
    if (session.isEnded() || row == null) {
      return completion;
    }
    try {
      session.reportChanges(session.report(!holdsExpunges, row.has(Trait.REPORTS_UID)));
      return withModSeq(completion);
    } catch (StorageException e) {
      return refusal(e);
    }
  }

  /** Tells the mod-sequence that a client has to hear of (RFC 7162 §3.2, §3.2.7, §3.2.9). */
  private Completion withModSeq(Completion completion) throws IOException {
    long modSeq =
        session.isQresync() && session.state() instanceof Selected(var ignored, MailboxView view)
            ? view.modSeqDue()
            : 0;
    if (modSeq == 0) {
      return completion;
    }
    ResponseCode code = new ResponseCode.Numbered("HIGHESTMODSEQ", modSeq);
    if (completion.status() == Status.OK && completion.code() == null) {
      return completion.with(code);
    }
    writer.ok(code, "Highest mod-sequence");
    return completion;
  }

  /** Ends a session that is but errors: it is lost, or it is guessing. */
  private void countErrors(Completion completion) throws ImapFatalException {
    boolean error =
        completion.status() == Status.BAD
            || (completion.status() == Status.NO && session.state() instanceof NotAuthenticated);
    errors = error ? errors + 1 : 0;
    if (errors > settings.errorsMax()) {
      throw new ImapFatalException("Too many errors");
    }
  }
}
