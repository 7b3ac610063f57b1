package org.postrider.smtp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.message.BinaryBody;
import org.postrider.message.Header;
import org.postrider.message.HeaderField;
import org.postrider.smtp.Envelope.Parcel;
import org.postrider.smtp.check.Candidate;
import org.postrider.smtp.check.HeaderDraft;
import org.postrider.storage.Account;
import org.postrider.storage.ContentWriter;
import org.postrider.storage.StagedContent;
import org.postrider.storage.StorageException;

/**
 * A message's content on its way from the wire to the store. The first reason against it is kept;
 * from then on octets are taken and dropped, until the client has said what it has to say and can
 * hear the reply.
 */
final class IncomingMessage implements OctetSink, AutoCloseable {
  private static final byte[] CRLF = {'\r', '\n'};

  private final SmtpSettings settings;
  private final Envelope envelope;
  private final TraceFields trace;
  private final Clock clock;
  private final ContentWriter writer;
  private final LineEndCheck lineEnds = new LineEndCheck();
  private final @Nullable BinaryBody binary;
  private @Nullable HeaderCollector collector = new HeaderCollector();
  private Header header = new Header(List.of());
  private byte[] received = new byte[0];
  private final ByteArrayOutputStream missing = new ByteArrayOutputStream(0);
  private List<String> dropped = List.of();
  private Instant begun = Instant.EPOCH;
  private @Nullable Parcel written;
  private long bodyOffset;
  private @Nullable SmtpReply failure;
  private byte last = '\n';
  private long octets;

  IncomingMessage(
      SmtpSettings settings,
      Envelope envelope,
      TraceFields trace,
      Clock clock,
      ContentWriter writer) {
    this.settings = settings;
    this.envelope = envelope;
    this.trace = trace;
    this.clock = clock;
    this.writer = writer;
    this.binary =
        envelope.isBinary() ? new BinaryBody(this::lines, settings.headerBytesMax()) : null;
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    octets += length;
    if (failure != null || length == 0) {
      return;
    }
    BinaryBody encoder = binary;
    if (octets > settings.messageBytesMax()) {
      failure = Replies.TOO_BIG;
    } else if (encoder == null) {
      lines(source, offset, length);
    } else {
      encoder.write(source, offset, length);
      fail(encoder);
    }
  }

  private void fail(BinaryBody encoder) {
    BinaryBody.Failure reason = encoder.failure();
    if (failure == null && reason != null) {
      failure =
          switch (reason) {
            case HEADER_TOO_BIG -> Replies.HEADER_TOO_BIG;
            case SIGNED -> Replies.SIGNED_BINARY;
            case TOO_MANY_PARTS -> Replies.TOO_DEEP;
          };
    }
  }

  /** Takes what must consist of lines. */
  private void lines(byte[] source, int offset, int length) {
    if (failure != null || length == 0) {
      return;
    }
    lineEnds.check(source, offset, length);
    if (lineEnds.hasBareLineEnd(false)) {
      failure = Replies.BARE_LINE_END;
    } else if (lineEnds.hasNul()) {
      failure = Replies.NUL_IN_CONTENT;
    } else {
      last = source[offset + length - 1];
      guarded(() -> pass(source, offset, length));
    }
  }

  private void pass(byte[] source, int offset, int length) {
    HeaderCollector collecting = collector;
    if (collecting == null) {
      writer.write(source, offset, length);
    } else if (collecting.take(source, offset, length)) {
      begin(collecting);
    } else if (collecting.length() > settings.headerBytesMax()) {
      failure = Replies.HEADER_TOO_BIG;
    }
  }

  /** The header is known: writes trace fields, header, and what came of the body with it. */
  private void begin(HeaderCollector collected) {
    collector = null;
    byte[] bytes = collected.octets();
    int length = collected.headerLength();
    if (length > settings.headerBytesMax()) {
      failure = Replies.HEADER_TOO_BIG;
      return;
    }
    received = Arrays.copyOf(bytes, length);
    header = Header.parse(received);
    boolean submitted = settings.role() == SmtpSettings.Role.SUBMISSION;
    if (submitted) {
      MtPriorityExtension.hear(header, envelope);
    }
    Parcel parcel = envelope.parcels().getFirst();
    written = parcel;
    begun = clock.instant();
    put(head(parcel));
    // There may be ours only (RFC 5321 §4.4, RFC 6758 §3.3); but a relay must not look.
    if (submitted) {
      missing.writeBytes(trace.missingFields(header, begun));
      missing.writeBytes(MtPriorityExtension.field(envelope));
      dropped = List.of("Return-Path", MtPriorityExtension.FIELD);
    } else if (envelope.hasLocal()) {
      dropped = List.of("Return-Path");
    }
    put(headerWithout(replaced(parcel)));
    bodyOffset = writer.size();
    if (collected.isEmptyLineMissing()) {
      put(CRLF);
    }
    writer.write(bytes, length, collected.length() - length);
  }

  /** What stands above the message for those recipients. */
  private byte[] head(Parcel parcel) {
    return trace.fields(envelope, parcel, begun);
  }

  /** The header without some fields, and with those that a submitted message lacked. */
  private byte[] headerWithout(List<String> names) {
    ByteArrayOutputStream kept = new ByteArrayOutputStream(missing.size() + received.length);
    kept.writeBytes(missing.toByteArray());
    int from = 0;
    for (HeaderField field : header.fields()) {
      if (dropped.stream().anyMatch(field::is) || names.stream().anyMatch(field::is)) {
        kept.write(received, from, field.offset() - from);
        from = field.offset() + field.length();
      }
    }
    kept.write(received, from, received.length - from);
    return kept.toByteArray();
  }

  /** The fields of the header for which there are others above it. */
  private static List<String> replaced(Parcel parcel) {
    return parcel.group() == null ? List.of() : ListFields.REPLACED;
  }

  /** Whether it was sent to one of the groups it is for already. */
  boolean comesBack() {
    return envelope.recipients().stream()
        .map(Envelope.Recipient::group)
        .anyMatch(group -> group != null && new ListFields(group).stand(header));
  }

  private void put(byte[] bytes) {
    writer.write(bytes, 0, bytes.length);
  }

  /** Runs a step of writing; what the store has against it becomes the failure. */
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (StorageException e) {
      failure = Filing.reply(e);
    }
  }

  /**
   * The content has ended. Only after it are {@link #failure} and {@link #header} final. A last
   * line without its end, which BDAT allows, gets one, as DATA would have had it.
   */
  void end() {
    BinaryBody encoder = binary;
    if (failure == null && encoder != null) {
      encoder.end();
      fail(encoder);
    }
    if (failure == null && lineEnds.hasBareLineEnd(true)) {
      failure = Replies.BARE_LINE_END;
    }
    if (failure != null) {
      return;
    }
    guarded(() -> {
      HeaderCollector collecting = collector;
      if (collecting != null) {
        collecting.finish();
        begin(collecting);
      }
      if (last != '\n') {
        put(CRLF);
      }
    });
  }

  /** The complete content. Call after {@link #end}, once. */
  StagedContent finish() {
    return writer.finish();
  }

  /** What the checks are asked about. */
  Candidate candidate(StagedContent content, @Nullable Account sender) {
    Candidate.Body body =
        new Candidate.Body() {
          @Override
          public long size() {
            return content.size() - bodyOffset;
          }

          @Override
          public InputStream open() throws IOException {
            InputStream in = content.open();
            in.skipNBytes(bodyOffset);
            return in;
          }
        };
    return new Candidate(
        trace.id(),
        settings.hostname(),
        trace.client(sender == null ? null : sender.login()),
        envelope.reversePath().toString(),
        envelope.recipients().stream().map(recipient -> recipient.path().toString()).toList(),
        header,
        this::draft,
        body);
  }

  private HeaderDraft draft() {
    return new HeaderDraft(headerWithout(List.of()), settings.headerBytesMax());
  }

  /** Whether the content as it was received is what those recipients are to get. */
  boolean suits(Parcel parcel, Candidate candidate) {
    return !candidate.isHeaderChanged() && written != null && parcel.looksLike(written);
  }

  /** Writes the content anew, as those recipients are to get it. */
  StagedContent rewrite(
      StagedContent content, Parcel parcel, Candidate candidate, ContentWriter target)
      throws IOException {
    target.write(head(parcel));
    target.write(candidate.header().octets(replaced(parcel)));
    try (InputStream in = content.open()) {
      in.skipNBytes(bodyOffset);
      in.transferTo(target);
    }
    return target.finish();
  }

  /** Why the message can't be accepted, or null. */
  @Nullable SmtpReply failure() {
    return failure;
  }

  /** As the client sent it. */
  Header header() {
    return header;
  }

  Envelope envelope() {
    return envelope;
  }

  /** Octets received. */
  long octets() {
    return octets;
  }

  /**
   * Whether so much came that the client will not stop by itself. A client that does not know SIZE
   * sends all of a message that is too big; one that sends twice the limit is cut off.
   */
  boolean isEndless() {
    return octets > settings.endlessBytes();
  }

  String id() {
    return trace.id();
  }

  /** Who hands it in, in words. */
  String client() {
    return trace.client(envelope);
  }

  @Override
  public void close() {
    writer.close();
  }
}
