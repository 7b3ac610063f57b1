package org.postrider.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A header: its fields in order. Parsing never fails; a line that is no field is kept as a field
 * without name.
 */
public record Header(List<HeaderField> fields) {
  public Header {
    fields = List.copyOf(fields);
  }

  /**
   * Parses header bytes; an empty line ends them. Beyond {@link MessageLimits#fieldsMax} fields the
   * rest is one field without name.
   */
  public static Header parse(byte[] bytes) {
    return parse(bytes, MessageLimits.DEFAULT);
  }

  static Header parse(byte[] bytes, MessageLimits limits) {
    FieldCursor cursor = new FieldCursor(bytes, bytes.length);
    List<HeaderField> fields = new ArrayList<>(16);
    while (cursor.next()) {
      int start = cursor.start();
      if (fields.size() == limits.fieldsMax() - 1) {
        while (cursor.next()) {} // to the end of the header
        fields.add(new HeaderField("", "", start, cursor.end() - start));
        break;
      }
      fields.add(
          new HeaderField(
              cursor.name(), FieldCursor.text(cursor.raw()), start, cursor.end() - start));
    }
    return new Header(fields);
  }

  /** The value of the first field of that name, unfolded and not decoded. */
  public Optional<String> first(String name) {
    for (HeaderField field : fields) {
      if (field.is(name)) {
        return Optional.of(field.value());
      }
    }
    return Optional.empty();
  }

  /** The values of all fields of that name. */
  public List<String> all(String name) {
    List<String> values = new ArrayList<>();
    for (HeaderField field : fields) {
      if (field.is(name)) {
        values.add(field.value());
      }
    }
    return values;
  }

  /** An unstructured value with its encoded words decoded (RFC 2047, leniently). */
  public static String decode(String value) {
    return EncodedWords.decode(value);
  }
}
