package org.postrider.smtp.check;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.message.Header;
import org.postrider.message.HeaderField;

/**
 * A header that is being changed. Names and values are strings of octets, each a character
 * (ISO-8859-1), so that what is not changed stays as it came.
 */
public final class HeaderDraft {
  /** Octets of all fields together. */
  private final int octetsMax;

  private final List<Field> fields = new ArrayList<>();
  private int octets;
  private boolean changed;

  /**
   * A field.
   *
   * @param name empty for a line that is no field
   * @param text the whole of it with its line ends
   */
  record Field(String name, String text) {
    /** What follows the colon, line ends as LF, without the last one. */
    String value() {
      String value = text.substring(text.indexOf(':') + 1).replace("\r\n", "\n");
      return value.endsWith("\n") ? value.substring(0, value.length() - 1) : value;
    }
  }

  /**
   * The fields of a header.
   *
   * @param octetsMax of all fields together; a check that adds more fails
   */
  public HeaderDraft(byte[] bytes, int octetsMax) {
    this.octetsMax = octetsMax;
    for (HeaderField field : Header.parse(bytes).fields()) {
      String text = new String(bytes, field.offset(), field.length(), StandardCharsets.ISO_8859_1);
      put(fields.size(), new Field(field.name(), text.endsWith("\n") ? text : text + "\r\n"));
    }
  }

  private void put(int index, Field field) {
    fields.add(index, field);
    octets += field.text().length();
  }

  List<Field> fields() {
    return List.copyOf(fields);
  }

  /** Whether anything was changed. */
  public boolean isChanged() {
    return changed;
  }

  /** The header without the empty line. */
  public byte[] octets() {
    return octets(List.of());
  }

  /**
   * The header without the empty line.
   *
   * @param without names of fields that are left out
   */
  public byte[] octets(Collection<String> without) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(octets);
    for (Field field : fields) {
      if (without.stream().noneMatch(field.name()::equalsIgnoreCase)) {
        bytes.writeBytes(field.text().getBytes(StandardCharsets.ISO_8859_1));
      }
    }
    return bytes.toByteArray();
  }

  /**
   * Adds a field at the end.
   *
   * @param value what follows the colon, a space in front added where there is none
   * @throws CheckException when it is no field, or too much
   */
  void add(String name, String value) throws CheckException {
    insert(fields.size(), name, value);
  }

  /** Adds a field before the one of that index, 0 for the top. */
  void insert(int index, String name, String value) throws CheckException {
    Field field = field(name, value);
    if (octets + field.text().length() > octetsMax) {
      throw new CheckException("the header would become longer than " + octetsMax + " octets");
    }
    put(Math.clamp(index, 0, fields.size()), field);
    changed = true;
  }

  /**
   * Changes a field, or adds it where it is not there.
   *
   * @param occurrence among those of that name, 1 for the first
   * @param value null to remove it
   */
  void change(String name, int occurrence, @Nullable String value) throws CheckException {
    int seen = 0;
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equalsIgnoreCase(name) && ++seen == Math.max(occurrence, 1)) {
        octets -= fields.remove(i).text().length();
        changed = true;
        if (value != null) {
          insert(i, name, value);
        }
        return;
      }
    }
    if (value != null) {
      add(name, value);
    }
  }

  void removeAll(String name) {
    for (Field field : List.copyOf(fields)) {
      if (field.name().equalsIgnoreCase(name)) {
        fields.remove(field);
        octets -= field.text().length();
        changed = true;
      }
    }
  }

  /** A field that can't be anything but one: whatever its value is, its lines are folded. */
  private static Field field(String name, String value) throws CheckException {
    boolean good = !name.isEmpty() && name.chars().allMatch(c -> c > 32 && c < 127 && c != ':');
    if (!good) {
      throw new CheckException("it wants a field that has no name");
    }
    String folded =
        value
            .replace("\0", "")
            .replaceAll("\\r\\n?|\\n", "\n")
            .replaceAll("\\n+$", "")
            .replaceAll("\\n(?![ \\t])", "\n\t")
            .replaceAll("\\n[ \\t]+(?=\\n|$)", "") // a line of space alone ends a header for some
            .replace("\n", "\r\n");
    boolean spaced = folded.startsWith(" ") || folded.startsWith("\t") || folded.startsWith("\r");
    return new Field(name, name + (spaced ? ":" : ": ") + folded + "\r\n");
  }
}
