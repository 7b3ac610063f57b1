package org.postrider.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part while it is being scanned. Strings have one character per octet and are as written; a
 * field that is missing is an empty string.
 */
final class PartBuilder {
  private static final RawParameters TEXT_PLAIN =
      new RawParameters("text/plain", List.of(new MimePart.Parameter("charset", "us-ascii")));
  private static final int LANGUAGES_MAX = 20;

  final @Nullable PartBuilder parent;
  final int depth;
  long headerOffset;
  long headerLength;
  long bodyOffset;
  long bodyLength;

  /** First the number of line ends before the body, once the part is closed those in it. */
  long lines;

  boolean inHeader = true;
  String type = "text";
  String subtype = "plain";
  RawParameters contentType = TEXT_PLAIN;
  String encoding = "7bit";
  String id = "";
  String description = "";
  String md5 = "";
  String location = "";
  @Nullable RawParameters disposition;
  final List<String> languages = new ArrayList<>(0);
  final List<PartBuilder> children = new ArrayList<>(0);

  /** Of the root and of the message in a message/rfc822: its fields, then their octets. */
  @Nullable EnvelopeFields envelopeFields;

  byte[] envelope = {};

  private boolean hasType;
  private boolean hasEncoding;

  PartBuilder(@Nullable PartBuilder parent, long headerOffset, boolean message) {
    this.parent = parent;
    this.depth = parent == null ? 0 : parent.depth + 1;
    this.headerOffset = headerOffset;
    this.envelopeFields = message ? new EnvelopeFields() : null;
    if (parent != null) {
      parent.children.add(this);
    }
  }

  boolean isMultipart() {
    return type.equalsIgnoreCase("multipart");
  }

  boolean isMessage() {
    return type.equalsIgnoreCase("message")
        && (subtype.equalsIgnoreCase("rfc822") || subtype.equalsIgnoreCase("global"));
  }

  boolean isText() {
    return type.equalsIgnoreCase("text");
  }

  /** Takes what the header's octets say. */
  void readHeader(byte[] header, int length, MessageLimits limits) {
    FieldCursor field = new FieldCursor(header, length);
    for (int i = 0; i < limits.fieldsMax() && field.next(); i++) {
      if (field.nameLength() >= 10 && field.startsWith("content-")) {
        readContentField(field, limits);
      } else if (envelopeFields != null) {
        envelopeFields.accept(field);
      }
    }
    if (!hasType && parent != null && parent.isMultipart()) { // RFC 2046 §5.1.5
      if (parent.subtype.equalsIgnoreCase("digest")) {
        type = "message";
        subtype = "rfc822";
        contentType = new RawParameters("message/rfc822", List.of());
      }
    }
  }

  private void readContentField(FieldCursor field, MessageLimits limits) {
    if (field.is("content-type")) {
      if (!hasType) {
        hasType = true;
        readType(RawParameters.parse(field.raw(), limits.parametersMax()));
      }
    } else if (field.is("content-transfer-encoding")) {
      if (!hasEncoding) {
        hasEncoding = true;
        readEncoding(field.raw());
      }
    } else if (field.is("content-disposition")) {
      if (disposition == null) {
        RawParameters parsed = RawParameters.parse(field.raw(), limits.parametersMax());
        disposition = parsed.value().isEmpty() ? null : parsed;
      }
    } else if (field.is("content-id")) {
      id = id.isEmpty() ? field.raw() : id;
    } else if (field.is("content-description")) {
      description = description.isEmpty() ? field.raw() : description;
    } else if (field.is("content-md5")) {
      md5 = md5.isEmpty() ? field.raw() : md5;
    } else if (field.is("content-location")) {
      location = location.isEmpty() ? field.raw() : location;
    } else if (field.is("content-language")) {
      readLanguages(field.raw());
    }
  }

  /** RFC 2045 §5.2: what is no type is text/plain; a multipart without subtype is mixed. */
  private void readType(RawParameters parsed) {
    String value = parsed.value();
    int slash = value.indexOf('/');
    String first = token(slash < 0 ? value : value.substring(0, slash));
    String second = slash < 0 ? "" : token(value.substring(slash + 1));
    if (second.isEmpty()) {
      second =
          first.equalsIgnoreCase("multipart")
              ? "mixed"
              : first.equalsIgnoreCase("text") ? "plain" : "";
    }
    if (first.isEmpty() || second.isEmpty()) {
      return;
    }
    type = first;
    subtype = second;
    contentType = parsed;
  }

  private void readEncoding(String value) {
    String token = token(RawParameters.parse(value, 1).value());
    if (!token.isEmpty()) {
      encoding = token;
    }
  }

  private void readLanguages(String value) {
    for (String tag : value.split(",", LANGUAGES_MAX + 1)) {
      String language = tag.strip();
      if (!language.isEmpty() && languages.size() < LANGUAGES_MAX) {
        languages.add(language);
      }
    }
  }

  private static String token(String value) {
    String stripped = value.strip();
    for (int i = 0; i < stripped.length(); i++) {
      char c = stripped.charAt(i);
      if (c <= ' ' || "()<>@,;:\\\"/[]?=".indexOf(c) >= 0) {
        return stripped.substring(0, i);
      }
    }
    return stripped;
  }

  /** The boundary of a multipart; empty when it has none that can be used. */
  byte[] boundary(MessageLimits limits) {
    for (MimePart.Parameter parameter : contentType.parameters()) {
      String name = parameter.name();
      if (name.equalsIgnoreCase("boundary")) {
        byte[] boundary = parameter.value().stripTrailing().getBytes(ISO_8859_1);
        return boundary.length <= limits.boundaryOctetsMax() ? boundary : new byte[0];
      }
    }
    return new byte[0];
  }

  /**
   * Renders the envelope if this is a message.
   *
   * @return how many addresses it has
   */
  int writeEnvelope(int addressesMax) {
    if (envelopeFields == null) {
      return 0;
    }
    ImapBuffer out = new ImapBuffer(512);
    int addresses = envelopeFields.writeTo(out, addressesMax);
    envelope = out.toByteArray();
    envelopeFields = null;
    return addresses;
  }

  /**
   * Ends the part. What it had of the line end before a delimiter, an empty line perhaps, is taken
   * from it. A multipart or message without parts, which IMAP's grammar does not know, gets an
   * empty one at its end.
   *
   * @param lineEndsBefore the end
   */
  void close(long end, long lineEndsBefore) {
    headerOffset = Math.min(headerOffset, end);
    bodyOffset = Math.min(bodyOffset, end);
    headerLength = bodyOffset - headerOffset;
    bodyLength = end - bodyOffset;
    lines = bodyLength == 0 ? 0 : lineEndsBefore - lines;
    if (children.isEmpty() && (isMultipart() || isMessage())) {
      PartBuilder empty = new PartBuilder(this, end, isMessage());
      empty.inHeader = false;
      empty.bodyOffset = end;
      empty.writeEnvelope(0);
    }
  }
}
