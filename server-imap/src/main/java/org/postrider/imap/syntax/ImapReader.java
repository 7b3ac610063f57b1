package org.postrider.imap.syntax;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postrider.wire.WireInput;

/**
 * Reads the tokens of one command after another from the wire (RFC 3501 §9). Lines are taken whole
 * within a limit, literals one at a time within theirs, the message of APPEND as a stream. It knows
 * nothing of a session but whether it speaks UTF-8 (RFC 6855).
 *
 * <p>After a command that broke the grammar, or that was refused before all of it was read, {@link
 * #discard} finds the start of the next one: the rest of the line is in memory, and what it
 * announces at its end as a non-synchronizing literal is skipped (RFC 7888 §4).
 */
public final class ImapReader {
  /** Sends the request for a synchronizing literal ({@code +}). */
  @FunctionalInterface
  public interface Continuation {
    void request() throws IOException;
  }

  private final WireInput input;
  private final ReaderLimits limits;
  private final Continuation continuation;
  private final LineReader lines;
  private int position;
  private int lineBudget;
  private boolean overlong;
  private boolean utf8;
  private @Nullable Literal pending;

  public ImapReader(WireInput input, ReaderLimits limits, Continuation continuation) {
    this.input = input;
    this.limits = limits;
    this.continuation = continuation;
    this.lines = new LineReader(input);
  }

  /** Whether mailbox names are UTF-8 from now on (RFC 6855 §3). */
  public void utf8(boolean enabled) {
    utf8 = enabled;
  }

  public boolean isUtf8() {
    return utf8;
  }

  /** Waits for the first line of a command. */
  public void begin() throws IOException {
    lineBudget = limits.lineBytesMax();
    pending = null;
    nextLine();
  }

  /** Lets go of the line, so that a session that waits holds no memory for it. */
  public void release() {
    lines.release();
    position = 0;
  }

  private void nextLine() throws IOException {
    overlong = !lines.read(lineBudget);
    lineBudget -= lines.size();
    position = 0;
  }

  /** A line that is no command, such as DONE or an answer of SASL. */
  public byte[] plainLine() throws IOException, ImapSyntaxException {
    boolean whole = lines.read(limits.lineBytesMax());
    byte[] line = Arrays.copyOf(lines.text(), lines.size());
    lines.release();
    position = 0;
    if (!whole) {
      throw new ImapSyntaxException("Line too long");
    }
    return line;
  }

  /** The tag, or null when the line does not start with one. */
  public @Nullable String tag() {
    int start = position;
    while (Syntax.isTagChar(peek())) {
      position++;
    }
    if (position == start || peek() != ' ') {
      return null;
    }
    String tag = ascii(start);
    position++;
    return tag;
  }

  /** Fails when the line was too long; called before anything but the tag is taken from it. */
  public void checkLength() throws ImapSyntaxException {
    if (overlong) {
      throw new ImapSyntaxException("Command line too long");
    }
  }

  /** Whether a literal was announced and is still to be taken or discarded. */
  public boolean isLiteralPending() {
    return pending != null;
  }

  /** Skips what is left of the command, with the literals that the client sends unasked. */
  public void discard() throws IOException {
    long budget = limits.skipBytesMax();
    while (true) {
      Literal literal = pending != null ? pending : announcedAtEnd();
      pending = null;
      if (literal == null || literal.synchronizing()) {
        return;
      }
      budget -= literal.size();
      if (budget < 0) {
        throw new ImapFatalException("[TOOBIG] Literal too big");
      }
      skip(literal.size());
      lineBudget = limits.lineBytesMax();
      nextLine();
    }
  }

  private @Nullable Literal announcedAtEnd() {
    byte[] tail = lines.tail();
    int end = tail.length - 1;
    if (end < 3 || tail[end] != '}' || tail[end - 1] != '+') {
      return null;
    }
    int start = end - 2;
    while (start >= 0 && Syntax.isDigit(tail[start])) {
      start--;
    }
    if (start < 0 || start == end - 2 || tail[start] != '{') {
      return null;
    }
    String digits = new String(tail, start + 1, end - 2 - start, StandardCharsets.US_ASCII);
    long size = digits.length() > 18 ? Long.MAX_VALUE : Long.parseLong(digits);
    return new Literal(size, false, false);
  }

  private void skip(long count) throws IOException {
    long left = count;
    while (left > 0) {
      if (input.position() == input.limit()) {
        input.fill();
      }
      int step = (int) Math.min(left, input.limit() - input.position());
      input.consume(step);
      left -= step;
    }
  }

  // ---- characters

  /** The next octet of the line (0 to 255) without taking it, or -1 at its end. */
  public int peek() {
    return position < lines.size() ? lines.text()[position] & 0xff : -1;
  }

  /** Takes the next octet if it is that one. */
  public boolean accept(char c) {
    if (peek() == c) {
      position++;
      return true;
    }
    return false;
  }

  /** Takes that octet. */
  public void expect(char c) throws ImapSyntaxException {
    if (!accept(c)) {
      throw new ImapSyntaxException(
          c == ' ' ? "Missing space or argument" : "Expected '" + c + "'");
    }
  }

  public void space() throws ImapSyntaxException {
    expect(' ');
  }

  /** Whether the line has no more. */
  public boolean atEnd() {
    return position >= lines.size();
  }

  /** Fails unless the command ends here. */
  public void end() throws ImapSyntaxException {
    if (!atEnd() || pending != null) {
      throw new ImapSyntaxException("Too many arguments");
    }
  }

  private String ascii(int from) {
    return new String(lines.text(), from, position - from, StandardCharsets.US_ASCII);
  }

  // ---- tokens

  /** An atom, as written. */
  public String atom() throws ImapSyntaxException {
    int start = position;
    while (Syntax.isAtomChar(peek())) {
      position++;
    }
    if (position == start) {
      throw new ImapSyntaxException("Expected an atom");
    }
    return ascii(start);
  }

  /** An atom in upper case, for names that are compared without case. */
  public String name() throws ImapSyntaxException {
    return atom().toUpperCase(Locale.ROOT);
  }

  /** A word of letters, digits, dots and hyphens in upper case; ends at anything else. */
  public String word() throws ImapSyntaxException {
    int start = position;
    while (Syntax.isWordChar(peek())) {
      position++;
    }
    if (position == start) {
      throw new ImapSyntaxException("Expected a name");
    }
    return ascii(start).toUpperCase(Locale.ROOT);
  }

  /**
   * An object identifier (RFC 8474 §7 objectid): 1 to 255 letters, digits, hyphens, underscores.
   */
  public String objectId() throws ImapSyntaxException {
    String id = atom();
    if (id.length() > 255
        || !id.chars().allMatch(c -> Syntax.isWordChar(c) && c != '.' && c != '=')) {
      throw new ImapSyntaxException("Expected an object identifier");
    }
    return id;
  }

  /**
   * Takes that word, given in upper case, if the line goes on with it and then not with a letter.
   */
  public boolean acceptWord(String word) {
    int start = position;
    for (int i = 0; i < word.length(); i++, position++) {
      if (peek() < 0 || Character.toUpperCase((char) peek()) != word.charAt(i)) {
        position = start;
        return false;
      }
    }
    if (Syntax.isWordChar(peek())) {
      position = start;
      return false;
    }
    return true;
  }

  /** A number of at most 63 bits. */
  public long number() throws ImapSyntaxException {
    int start = position;
    while (Syntax.isDigit(peek())) {
      position++;
    }
    if (position == start || position - start > 18) {
      throw new ImapSyntaxException("Expected a number");
    }
    return Long.parseLong(ascii(start));
  }

  /** A mod-sequence (RFC 7162 §7 mod-sequence-value): 1 to 2^63-1. */
  public long modSeq() throws ImapSyntaxException {
    long modSeq = modSeqOrZero();
    if (modSeq == 0) {
      throw new ImapSyntaxException("Expected a mod-sequence");
    }
    return modSeq;
  }

  /** A mod-sequence or 0 (RFC 7162 §7 mod-sequence-valzer). */
  public long modSeqOrZero() throws ImapSyntaxException {
    int start = position;
    while (Syntax.isDigit(peek())) {
      position++;
    }
    try {
      return Long.parseLong(ascii(start));
    } catch (NumberFormatException e) {
      throw new ImapSyntaxException("Expected a mod-sequence");
    }
  }

  /** A number of 1 to 2^32-1. */
  public long nonZeroNumber() throws ImapSyntaxException {
    long number = number();
    if (number < 1 || number > Syntax.NUMBER_MAX) {
      throw new ImapSyntaxException("Expected a number of 1 to 4294967295");
    }
    return number;
  }

  /** A set of sequence numbers or UIDs. */
  public SequenceSet sequenceSet() throws ImapSyntaxException {
    return SequenceSet.parse(this);
  }

  /** A quoted string or literal. */
  public byte[] string() throws IOException, ImapSyntaxException {
    return switch (peek()) {
      case '"' -> quoted();
      case '{', '~' -> literal();
      default -> throw new ImapSyntaxException("Expected a string");
    };
  }

  /** A string, or an atom in which {@code ]} may stand. */
  public byte[] astring() throws IOException, ImapSyntaxException {
    int c = peek();
    return c == '"' || c == '{' ? string() : bare("Expected a string", false);
  }

  /** As {@link #astring}, read as UTF-8. */
  public String text() throws IOException, ImapSyntaxException {
    return decodeUtf8(astring());
  }

  /** A string, or null for {@code NIL}. */
  public @Nullable String nstring() throws IOException, ImapSyntaxException {
    if (peek() == '"' || peek() == '{') {
      return decodeUtf8(string());
    }
    if (!name().equals("NIL")) {
      throw new ImapSyntaxException("Expected a string or NIL");
    }
    return null;
  }

  /**
   * A mailbox name, decoded: from modified UTF-7 (RFC 3501 §5.1.3), or from UTF-8 once that is
   * enabled (RFC 6855 §3).
   */
  public String mailbox() throws IOException, ImapSyntaxException {
    return decodeMailbox(astring());
  }

  /** A mailbox name or pattern, in which wildcards may stand unquoted; decoded. */
  public String listMailbox() throws IOException, ImapSyntaxException {
    int c = peek();
    return decodeMailbox(c == '"' || c == '{' ? string() : bare("Expected a pattern", true));
  }

  private String decodeMailbox(byte[] raw) throws ImapSyntaxException {
    if (utf8) {
      return decodeUtf8(raw);
    }
    try {
      return ModifiedUtf7.decode(raw);
    } catch (IllegalArgumentException e) {
      throw new ImapSyntaxException("Mailbox name is not valid modified UTF-7");
    }
  }

  private static String decodeUtf8(byte[] raw) throws ImapSyntaxException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(raw)).toString();
    } catch (CharacterCodingException e) {
      throw new ImapSyntaxException("Text is not valid UTF-8");
    }
  }

  private byte[] bare(String error, boolean wildcards) throws ImapSyntaxException {
    int start = position;
    while (Syntax.isAtomChar(peek())
        || peek() == ']'
        || (wildcards && (peek() == '*' || peek() == '%'))) {
      position++;
    }
    if (position == start) {
      throw new ImapSyntaxException(error);
    }
    return Arrays.copyOfRange(lines.text(), start, position);
  }

  private byte[] quoted() throws ImapSyntaxException {
    position++;
    byte[] line = lines.text();
    byte[] value = new byte[lines.size() - position];
    int size = 0;
    while (true) {
      int c = peek();
      position++;
      if (c == '"') {
        return Arrays.copyOf(value, size);
      }
      if (c == '\\') {
        c = peek();
        position++;
        if (c != '"' && c != '\\') {
          throw new ImapSyntaxException("Bad escape in quoted string");
        }
      } else if (c <= 0 || c == '\r') {
        throw new ImapSyntaxException(
            c < 0 ? "Quoted string does not end" : "Bad character in quoted string");
      }
      value[size++] = line[position - 1];
    }
  }

  // ---- literals

  /**
   * Announcement of a literal, which must end the line. Its octets are still to be taken, by {@link
   * #string} or {@link #stream}, or they are left to {@link #discard}.
   */
  public Literal announcement() throws ImapSyntaxException {
    boolean binary = accept('~');
    expect('{');
    long size = number();
    boolean nonSynchronizing = accept('+');
    expect('}');
    if (!atEnd()) {
      throw new ImapSyntaxException("Literal does not end the line");
    }
    Literal literal = new Literal(size, !nonSynchronizing, binary);
    pending = literal;
    return literal;
  }

  private byte[] literal() throws IOException, ImapSyntaxException {
    Literal literal = announcement();
    if (literal.size() > limits.literalBytesMax()) {
      throw new ImapSyntaxException("Literal too big");
    }
    byte[] bytes = new byte[(int) literal.size()];
    request(literal);
    int size = 0;
    while (size < bytes.length) {
      size += input.read(bytes, size, bytes.length - size);
    }
    afterLiteral();
    if (!literal.binary()) {
      for (byte b : bytes) {
        if (b == 0) {
          throw new ImapSyntaxException("NUL in literal");
        }
      }
    }
    return bytes;
  }

  /** Takes octets of a literal as they come. */
  @FunctionalInterface
  public interface Sink {
    void take(byte[] bytes, int offset, int length) throws IOException;
  }

  /**
   * Asks for the announced literal, hands its octets to {@code sink}, and goes on to the line that
   * follows. When the sink fails the rest is skipped first, so that the session can go on.
   *
   * @return whether there was no NUL in it
   */
  public boolean stream(Literal literal, Sink sink) throws IOException, ImapSyntaxException {
    request(literal);
    long left = literal.size();
    boolean clean = true;
    try {
      while (left > 0) {
        if (input.position() == input.limit()) {
          input.fill();
        }
        int step = (int) Math.min(left, input.limit() - input.position());
        byte[] buffer = input.buffer();
        int from = input.position();
        clean = clean && !hasNul(buffer, from, step);
        left -= step;
        // Taken from the input only when the sink is done, since the buffer is the input's.
        try {
          sink.take(buffer, from, step);
        } finally {
          input.consume(step);
        }
      }
    } catch (RuntimeException e) {
      skip(left);
      afterLiteral();
      throw e;
    }
    afterLiteral();
    return clean;
  }

  private static boolean hasNul(byte[] bytes, int from, int count) {
    for (int i = from; i < from + count; i++) {
      if (bytes[i] == 0) {
        return true;
      }
    }
    return false;
  }

  private void request(Literal literal) throws IOException {
    if (literal.synchronizing()) {
      continuation.request();
    }
    pending = null;
  }

  private void afterLiteral() throws IOException, ImapSyntaxException {
    nextLine();
    checkLength();
  }
}
