package org.postrider.message;

import java.util.List;
import java.util.Optional;

/**
 * A header: its fields in order. Parsing never fails; a line that is no field is kept as a field
 * without name.
 */
public record Header(List<HeaderField> fields) {

  /** Parses header bytes; an empty line ends them. */
  public static Header parse(byte[] bytes) {
    throw new UnsupportedOperationException();
  }

  /** The value of the first field of that name, unfolded and not decoded. */
  public Optional<String> first(String name) {
    throw new UnsupportedOperationException();
  }

  /** The values of all fields of that name. */
  public List<String> all(String name) {
    throw new UnsupportedOperationException();
  }

  /** An unstructured value with its encoded words decoded (RFC 2047, leniently). */
  public static String decode(String value) {
    throw new UnsupportedOperationException();
  }
}
