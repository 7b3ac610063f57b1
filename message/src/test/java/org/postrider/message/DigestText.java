package org.postrider.message;

import java.util.List;

/** A digest in a form that a person can read and compare. */
final class DigestText {
  private DigestText() {}

  static String of(ContentDigest digest) {
    StringBuilder text = new StringBuilder();
    text.append("size ").append(digest.size());
    text.append(" header ").append(digest.headerSize());
    text.append(" lines ").append(digest.bodyLines()).append('\n');
    text.append("ENVELOPE ").append(escaped(digest.envelope())).append('\n');
    text.append("BODYSTRUCTURE ").append(escaped(digest.bodyStructure())).append('\n');
    text.append("BODY ").append(escaped(digest.body())).append('\n');
    text.append("preview [").append(digest.preview()).append("]\n");
    part(text, "  ", digest.root());
    return text.toString();
  }

  private static void part(StringBuilder text, String indent, MimePart part) {
    text.append(indent).append(part.type()).append('/').append(part.subtype());
    text.append(' ').append(part.encoding());
    text.append(" header ").append(part.headerOffset()).append('+').append(part.headerLength());
    text.append(" body ").append(part.bodyOffset()).append('+').append(part.bodyLength());
    text.append(" lines ").append(part.lines());
    for (MimePart.Parameter parameter : part.parameters()) {
      text.append(' ').append(parameter.name()).append("=[").append(parameter.value()).append(']');
    }
    text.append('\n');
    List<MimePart> children = part.children();
    children.forEach(child -> part(text, indent + "  ", child));
  }

  private static String escaped(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      if (b >= ' ' && b < 127) {
        text.append((char) b);
      } else if (b == '\r') {
        text.append("\\r");
      } else if (b == '\n') {
        text.append("\\n");
      } else {
        text.append(String.format("\\x%02x", b));
      }
    }
    return text.toString();
  }
}
