package org.postrider.smtp.check;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.message.Header;

/**
 * A message on its way in, and what the checks have changed of it so far. Its header is as the
 * client sent it, without our trace fields; on a submission port with the fields that were added.
 */
public final class Candidate {
  /**
   * Who handed it in.
   *
   * @param helo what it calls itself
   * @param login of the user, null without AUTH
   * @param tlsVersion null without TLS
   * @param cipherSuite null without TLS
   */
  public record Client(
      InetAddress address,
      int port,
      String helo,
      @Nullable String login,
      @Nullable String tlsVersion,
      @Nullable String cipherSuite) {}

  /** The octets after the header, the empty line between them among them. */
  public interface Body {
    /** Octets. */
    long size();

    /** From its start; may be called again. */
    InputStream open() throws IOException;
  }

  private final String id;
  private final String hostname;
  private final Client client;
  private final String reversePath;
  private final List<String> recipients;
  private final Header received;
  private final Supplier<HeaderDraft> headerSource;
  private final Body body;
  private @Nullable HeaderDraft header;
  private boolean junk;
  private boolean quarantined;

  /**
   * A candidate.
   *
   * @param id that the client will be told, and the log has
   * @param hostname ours
   * @param reversePath without brackets, empty for {@code <>}
   * @param recipients without brackets
   * @param received the header as the client sent it
   * @param header makes what may be changed, when the first check wants it
   */
  public Candidate(
      String id,
      String hostname,
      Client client,
      String reversePath,
      List<String> recipients,
      Header received,
      Supplier<HeaderDraft> header,
      Body body) {
    this.id = id;
    this.hostname = hostname;
    this.client = client;
    this.reversePath = reversePath;
    this.recipients = new ArrayList<>(recipients);
    this.received = received;
    this.headerSource = header;
    this.body = body;
  }

  public String id() {
    return id;
  }

  public String hostname() {
    return hostname;
  }

  public Client client() {
    return client;
  }

  public String reversePath() {
    return reversePath;
  }

  /** As they are by now. */
  public List<String> recipients() {
    return List.copyOf(recipients);
  }

  /** Adds a recipient that is not one yet. */
  void addRecipient(String address) {
    if (recipients.stream().noneMatch(address::equalsIgnoreCase)) {
      recipients.add(address);
    }
  }

  void removeRecipient(String address) {
    recipients.removeIf(address::equalsIgnoreCase);
  }

  Header received() {
    return received;
  }

  /** Its header as it is by now. */
  public HeaderDraft header() {
    HeaderDraft draft = header;
    if (draft == null) {
      draft = headerSource.get();
      header = draft;
    }
    return draft;
  }

  /** Whether a check has changed the header. */
  public boolean isHeaderChanged() {
    return header != null && header.isChanged();
  }

  /** Files the message in the folder for junk. */
  void toJunk() {
    junk = true;
  }

  /** Files the message in the folder for junk, and holds it back where it would go out. */
  void quarantine() {
    quarantined = true;
  }

  public boolean isJunk() {
    return junk || quarantined;
  }

  public boolean isQuarantined() {
    return quarantined;
  }

  /** Octets of header and body. */
  long size() {
    return header().octets().length + body.size();
  }

  /** Header and body. */
  InputStream open() throws IOException {
    return new SequenceInputStream(new ByteArrayInputStream(header().octets()), body.open());
  }

  /** The body alone, without the empty line before it. */
  InputStream openBody() throws IOException {
    InputStream in = body.open();
    in.skipNBytes(Math.min(2, body.size())); // its CRLF
    return in;
  }
}
