package org.postrider.message;

import java.util.List;
import java.util.Optional;

/**
 * A part of a message, as found by the scanner. Offsets are octets from the start of the message.
 *
 * @param type lower case, for instance {@code text}
 * @param subtype lower case, for instance {@code plain}
 * @param parameters of Content-Type, RFC 2231 decoded, names in lower case
 * @param encoding Content-Transfer-Encoding in lower case, {@code 7bit} when there is none
 * @param headerOffset where its header starts
 * @param headerLength with the empty line
 * @param bodyOffset where its body starts
 * @param bodyLength without the line end that belongs to the boundary
 * @param lines lines of the body
 * @param children parts of a multipart; of a message/rfc822 one child: the message in it as a part
 *     whose header is that message's header
 */
public record MimePart(
    String type,
    String subtype,
    List<Parameter> parameters,
    String encoding,
    long headerOffset,
    long headerLength,
    long bodyOffset,
    long bodyLength,
    long lines,
    List<MimePart> children) {

  /** A parameter of a header field. */
  public record Parameter(String name, String value) {}

  public MimePart {
    parameters = List.copyOf(parameters);
    children = List.copyOf(children);
  }

  /** The value of a parameter of Content-Type, whose name is given in lower case. */
  public Optional<String> parameter(String name) {
    for (Parameter parameter : parameters) {
      if (parameter.name().equals(name)) {
        return Optional.of(parameter.value());
      }
    }
    return Optional.empty();
  }

  public boolean isMultipart() {
    return type.equals("multipart");
  }

  public boolean isMessage() {
    return type.equals("message") && (subtype.equals("rfc822") || subtype.equals("global"));
  }
}
