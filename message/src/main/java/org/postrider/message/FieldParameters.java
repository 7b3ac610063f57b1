package org.postrider.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Optional;
import org.postrider.message.MimePart.Parameter;

/**
 * A field value with parameters, as Content-Type and Content-Disposition have (RFC 2045 §5.1, RFC
 * 2183).
 *
 * @param value what stands before the first semicolon
 * @param parameters RFC 2231 decoded, names in lower case; at most {@link
 *     MessageLimits#parametersMax}
 */
public record FieldParameters(String value, List<Parameter> parameters) {
  public FieldParameters {
    parameters = List.copyOf(parameters);
  }

  /** Parses an unfolded value; never fails. */
  public static FieldParameters parse(String value) {
    String raw = new String(value.getBytes(UTF_8), ISO_8859_1);
    RawParameters parsed = RawParameters.parse(raw, MessageLimits.DEFAULT.parametersMax());
    return new FieldParameters(FieldCursor.text(parsed.value()), parsed.decoded());
  }

  /** The value of a parameter, whose name is given in lower case. */
  public Optional<String> first(String name) {
    for (Parameter parameter : parameters) {
      if (parameter.name().equals(name)) {
        return Optional.of(parameter.value());
      }
    }
    return Optional.empty();
  }
}
