package org.postrider.message;

import java.util.List;
import org.postrider.message.MimePart.Parameter;

/**
 * Renders IMAP's BODY and BODYSTRUCTURE (RFC 3501 §7.4.2). Types and names are in the case that the
 * message has; continued parameters are joined, those with charset keep it (RFC 2231 §6).
 */
final class BodyStructure {
  private final ImapBuffer out;
  private final boolean extended;

  private BodyStructure(ImapBuffer out, boolean extended) {
    this.out = out;
    this.extended = extended;
  }

  /**
   * Writes a part with all parts in it.
   *
   * @param extended with extension data: BODYSTRUCTURE
   */
  static void write(PartBuilder part, boolean extended, ImapBuffer out) {
    new BodyStructure(out, extended).part(part);
  }

  private void part(PartBuilder part) {
    out.octet('(');
    if (part.isMultipart()) {
      multipart(part);
    } else {
      single(part);
    }
    out.octet(')');
  }

  private void multipart(PartBuilder part) {
    part.children.forEach(this::part);
    out.octet(' ').string(part.subtype);
    if (extended) {
      out.octet(' ');
      parameters(part.contentType.parameters());
      dispositionLanguageLocation(part);
    }
  }

  private void single(PartBuilder part) {
    out.string(part.type).octet(' ').string(part.subtype).octet(' ');
    if (part.isText() && !hasCharset(part)) {
      // RFC 2045 §5.2: the default, which clients expect to be told
      out.ascii("(\"charset\" \"us-ascii\"");
      part.contentType.parameters().forEach(this::parameter);
      out.octet(')');
    } else {
      parameters(part.contentType.parameters());
    }
    out.octet(' ').nilOrString(part.id).octet(' ').nilOrString(part.description);
    out.octet(' ').string(part.encoding).octet(' ').number(part.bodyLength);
    if (part.isMessage()) {
      PartBuilder message = part.children.getFirst();
      out.octet(' ').append(message.envelope, 0, message.envelope.length).octet(' ');
      part(message);
    }
    if (part.isMessage() || part.isText()) {
      out.octet(' ').number(part.lines);
    }
    if (extended) {
      out.octet(' ').nilOrString(part.md5);
      dispositionLanguageLocation(part);
    }
  }

  private static boolean hasCharset(PartBuilder part) {
    for (Parameter parameter : part.contentType.parameters()) {
      if (parameter.name().equalsIgnoreCase("charset")
          || parameter.name().equalsIgnoreCase("charset*")) {
        return true;
      }
    }
    return false;
  }

  private void dispositionLanguageLocation(PartBuilder part) {
    RawParameters disposition = part.disposition;
    if (disposition == null) {
      out.ascii(" NIL ");
    } else {
      out.ascii(" (").string(disposition.value()).octet(' ');
      parameters(disposition.parameters());
      out.ascii(") ");
    }
    if (part.languages.isEmpty()) {
      out.ascii("NIL");
    } else {
      char before = '(';
      for (String language : part.languages) {
        out.octet(before).string(language);
        before = ' ';
      }
      out.octet(')');
    }
    out.octet(' ').nilOrString(part.location);
  }

  private void parameters(List<Parameter> parameters) {
    if (parameters.isEmpty()) {
      out.ascii("NIL");
      return;
    }
    char before = '(';
    for (Parameter parameter : parameters) {
      out.octet(before).string(parameter.name()).octet(' ').string(parameter.value());
      before = ' ';
    }
    out.octet(')');
  }

  private void parameter(Parameter parameter) {
    out.octet(' ').string(parameter.name()).octet(' ').string(parameter.value());
  }
}
