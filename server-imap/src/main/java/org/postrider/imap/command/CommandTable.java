package org.postrider.imap.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.postrider.imap.session.ImapSession;
import org.postrider.imap.session.SessionState;
import org.postrider.imap.session.SessionState.Authenticated;
import org.postrider.imap.session.SessionState.NotAuthenticated;
import org.postrider.imap.session.SessionState.Selected;
import org.postrider.imap.syntax.ImapReader;
import org.postrider.imap.syntax.ImapSyntaxException;

/**
 * The index of the commands: which there are, when they may be given, how they bear on what is
 * reported, and what CAPABILITY says of them. A new command is a row here and a file.
 */
public final class CommandTable {
  /** States of RFC 3501 §3. */
  public enum State {
    NOT_AUTHENTICATED,
    AUTHENTICATED,
    SELECTED
  }

  /** How a command differs from others. */
  public enum Trait {
    /** Sequence numbers must not shift while it is in progress (RFC 3501 §7.4.1). */
    FORBIDS_EXPUNGE_REPORT,
    /** Its arguments are sequence numbers, or its result is (RFC 9586 §3.2). */
    USES_SEQUENCE_NUMBERS,
    /** FETCH responses carry the UID (RFC 3501 §6.4.8). */
    REPORTS_UID,
    /** Its last argument is read while it is executed. */
    READS_WHILE_EXECUTING
  }

  /** Makes a command out of its arguments. */
  @FunctionalInterface
  public interface Parser {
    ImapCommand parse(ImapReader in) throws IOException, ImapSyntaxException;
  }

  /**
   * A command's row.
   *
   * @param name in upper case; that of a UID command has two words
   * @param capabilities what is announced in a session because of it
   * @param hasArguments whether the name is followed by a space
   */
  public record Row(
      String name,
      Set<State> states,
      Set<Trait> traits,
      Function<ImapSession, List<String>> capabilities,
      boolean hasArguments,
      Parser parser) {
    public boolean has(Trait trait) {
      return traits.contains(trait);
    }

    /** Whether the command may be given in that state. */
    public boolean isAllowedIn(SessionState state) {
      return states.contains(
          switch (state) {
            case NotAuthenticated() -> State.NOT_AUTHENTICATED;
            case Authenticated ignored -> State.AUTHENTICATED;
            case Selected ignored -> State.SELECTED;
          });
    }
  }

  private static final Set<State> ANY = EnumSet.allOf(State.class);
  private static final Set<State> BEFORE = EnumSet.of(State.NOT_AUTHENTICATED);
  private static final Set<State> AFTER = EnumSet.of(State.AUTHENTICATED, State.SELECTED);
  private static final Set<State> LOGGED_IN = EnumSet.of(State.AUTHENTICATED);
  private static final Set<State> OPEN = EnumSet.of(State.SELECTED);

  private static final Set<Trait> PLAIN = EnumSet.noneOf(Trait.class);
  private static final Set<Trait> BY_NUMBER = EnumSet.of(Trait.USES_SEQUENCE_NUMBERS);
  private static final Set<Trait> BY_NUMBER_HELD =
      EnumSet.of(Trait.USES_SEQUENCE_NUMBERS, Trait.FORBIDS_EXPUNGE_REPORT);
  private static final Set<Trait> BY_UID = EnumSet.of(Trait.REPORTS_UID);
  private static final Set<Trait> STREAMS = EnumSet.of(Trait.READS_WHILE_EXECUTING);
  private static final Set<Trait> STREAMS_BY_NUMBER =
      EnumSet.of(Trait.READS_WHILE_EXECUTING, Trait.USES_SEQUENCE_NUMBERS);
  private static final Set<Trait> STREAMS_BY_UID =
      EnumSet.of(Trait.READS_WHILE_EXECUTING, Trait.REPORTS_UID);

  private static final Map<String, Row> ROWS = new LinkedHashMap<>();

  static {
    // name, states, traits, capabilities, parser
    bare("CAPABILITY", ANY, says("IMAP4rev1", "IMAP4rev2", "LITERAL+"), Capability::parse);
    bare("NOOP", ANY, says(), Noop::parse);
    bare("LOGOUT", ANY, says(), Logout::parse);
    row("ID", ANY, PLAIN, says("ID"), Id::parse);

    bare("STARTTLS", BEFORE, CommandTable::startTls, StartTls::parse);
    row("AUTHENTICATE", BEFORE, PLAIN, CommandTable::mechanisms, Authenticate::parse);
    row("LOGIN", BEFORE, PLAIN, CommandTable::login, Login::parse);

    row("ENABLE", LOGGED_IN, PLAIN, says("ENABLE", "UTF8=ACCEPT", "UIDONLY"), Enable::parse);
    row("SELECT", AFTER, PLAIN, says("CONDSTORE", "QRESYNC"), Select::select);
    row("EXAMINE", AFTER, PLAIN, says(), Select::examine);
    row("CREATE", AFTER, PLAIN, says("SPECIAL-USE", "CREATE-SPECIAL-USE"), Create::parse);
    row("DELETE", AFTER, PLAIN, says(), Delete::parse);
    row("RENAME", AFTER, PLAIN, says(), Rename::parse);
    row("SUBSCRIBE", AFTER, PLAIN, says(), Subscribe::parse);
    row("UNSUBSCRIBE", AFTER, PLAIN, says(), Unsubscribe::parse);
    row(
        "LIST",
        AFTER,
        PLAIN,
        says("CHILDREN", "LIST-EXTENDED", "LIST-STATUS"),
        ListMailboxes::parse);
    row("LSUB", AFTER, PLAIN, says(), Lsub::parse);
    row("STATUS", AFTER, PLAIN, says("STATUS=SIZE"), Status::parse);
    row("APPEND", AFTER, STREAMS, CommandTable::append, Append::parse);
    bare("NAMESPACE", AFTER, says("NAMESPACE"), Namespace::parse);
    row("ESEARCH", AFTER, BY_UID, says("MULTISEARCH"), MultiSearch::parse);
    bare("IDLE", AFTER, says("IDLE"), Idle::parse);
    row("NOTIFY", AFTER, PLAIN, says("NOTIFY"), Notify::parse);
    row("COMPRESS", AFTER, PLAIN, CommandTable::compress, Compress::parse);
    row(
        "GETQUOTA",
        AFTER,
        PLAIN,
        says("QUOTA", "QUOTA=RES-STORAGE", "QUOTA=RES-MESSAGE"),
        GetQuota::parse);
    row("GETQUOTAROOT", AFTER, PLAIN, says(), GetQuotaRoot::parse);
    row("SETQUOTA", AFTER, PLAIN, says(), SetQuota::parse);
    bare("UNAUTHENTICATE", AFTER, CommandTable::unauthenticate, Unauthenticate::parse);

    bare("CHECK", OPEN, says(), Noop::parse);
    bare("CLOSE", OPEN, says(), Close::parse);
    bare("UNSELECT", OPEN, says("UNSELECT"), Unselect::parse);
    bare("EXPUNGE", OPEN, says(), Expunge::parse);
    row(
        "SEARCH",
        OPEN,
        BY_NUMBER_HELD,
        says("ESEARCH", "SEARCHRES", "WITHIN", "SEARCH=FUZZY", "INPROGRESS"),
        Search::parse);
    row(
        "SORT",
        OPEN,
        BY_NUMBER_HELD,
        says("SORT", "SORT=DISPLAY", "ESORT", "I18NLEVEL=1"),
        Sort::parse);
    row(
        "THREAD",
        OPEN,
        BY_NUMBER_HELD,
        says("THREAD=ORDEREDSUBJECT", "THREAD=REFERENCES", "THREAD=REFS"),
        ThreadMessages::parse);
    row(
        "FETCH",
        OPEN,
        BY_NUMBER_HELD,
        says("BINARY", "OBJECTID", "PREVIEW", "SAVEDATE"),
        Fetch::parse);
    row("STORE", OPEN, BY_NUMBER_HELD, says(), StoreFlags::parse);
    row("COPY", OPEN, BY_NUMBER, says(), Copy::parse);
    row("MOVE", OPEN, BY_NUMBER, says("MOVE"), Move::parse);
    row("REPLACE", OPEN, STREAMS_BY_NUMBER, says("REPLACE"), Replace::parse);
    row("CANCELUPDATE", OPEN, PLAIN, says("CONTEXT=SEARCH", "CONTEXT=SORT"), CancelUpdate::parse);
    row("UID SEARCH", OPEN, BY_UID, says(), Search::uid);
    row("UID SORT", OPEN, BY_UID, says(), Sort::uid);
    row("UID THREAD", OPEN, BY_UID, says(), ThreadMessages::uid);
    row("UID FETCH", OPEN, BY_UID, says("PARTIAL"), Fetch::uid);
    row("UID STORE", OPEN, BY_UID, says(), StoreFlags::uid);
    row("UID COPY", OPEN, BY_UID, says(), Copy::uid);
    row("UID MOVE", OPEN, BY_UID, says(), Move::uid);
    row("UID REPLACE", OPEN, STREAMS_BY_UID, says(), Replace::uid);
    row("UID EXPUNGE", OPEN, BY_UID, says("UIDPLUS"), Expunge::uid);
  }

  private CommandTable() {}

  private static void bare(
      String name,
      Set<State> states,
      Function<ImapSession, List<String>> capabilities,
      Parser parser) {
    ROWS.put(name, new Row(name, states, PLAIN, capabilities, false, parser));
  }

  private static void row(
      String name,
      Set<State> states,
      Set<Trait> traits,
      Function<ImapSession, List<String>> capabilities,
      Parser parser) {
    ROWS.put(name, new Row(name, states, traits, capabilities, true, parser));
  }

  private static Function<ImapSession, List<String>> says(String... names) {
    List<String> list = List.of(names);
    return session -> list;
  }

  private static List<String> startTls(ImapSession session) {
    return session.state() instanceof NotAuthenticated && session.connection().canStartTls()
        ? List.of("STARTTLS")
        : List.of();
  }

  private static List<String> mechanisms(ImapSession session) {
    if (!(session.state() instanceof NotAuthenticated)) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    names.add("SASL-IR");
    session
        .authenticator()
        .mechanisms(session.saslContext())
        .forEach(mechanism -> names.add("AUTH=" + mechanism));
    return names;
  }

  private static List<String> login(ImapSession session) {
    return session.state() instanceof NotAuthenticated && !session.isSecure()
        ? List.of("LOGINDISABLED")
        : List.of();
  }

  private static List<String> append(ImapSession session) {
    return List.of(
        "APPENDLIMIT=" + session.limits().messageBytesMax(),
        "MULTIAPPEND",
        "CATENATE",
        "URL-PARTIAL");
  }

  private static List<String> unauthenticate(ImapSession session) {
    return session.connection().isCompressed() ? List.of() : List.of("UNAUTHENTICATE");
  }

  private static List<String> compress(ImapSession session) {
    return session.connection().isCompressed() ? List.of() : List.of("COMPRESS=DEFLATE");
  }

  /** The commands in the order of the table. */
  public static List<Row> rows() {
    return List.copyOf(ROWS.values());
  }

  /** What the server can do in this session now. */
  public static List<String> capabilities(ImapSession session) {
    List<String> names = new ArrayList<>();
    ROWS.values().forEach(row -> names.addAll(row.capabilities.apply(session)));
    return names;
  }

  /** Takes a command's name from the line and finds its row. */
  public static Row find(ImapReader in) throws ImapSyntaxException {
    String name = in.name();
    if (name.equals("UID")) {
      in.space();
      name = "UID " + in.name();
    }
    Row row = ROWS.get(name);
    if (row == null) {
      throw new ImapSyntaxException("Unknown command");
    }
    return row;
  }
}
