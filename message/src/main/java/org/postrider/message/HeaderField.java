package org.postrider.message;

/**
 * A field of a header as it stands in the bytes.
 *
 * @param name as written
 * @param value unfolded (RFC 5322 §2.2.3), not decoded, without the space around it; bytes above
 *     127 are read as UTF-8 where they are, as ISO-8859-1 otherwise
 * @param offset of the field's first octet in the header
 * @param length with its last line end
 */
public record HeaderField(String name, String value, int offset, int length) {
  public boolean is(String other) {
    return name.equalsIgnoreCase(other);
  }
}
