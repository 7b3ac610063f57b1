package org.postrider.storage.backup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.postrider.storage.StoreExport;
import org.postrider.storage.StoreExport.Column;

/**
 * Rows as lines of text, in the format of PostgreSQL's COPY: columns apart by tabs, {@code \N} for
 * null, {@code \t \n \r \\} within, octets in hexadecimal after {@code \\x}.
 */
final class TableText {
  private TableText() {}

  /** The columns with their types: {@code id:long<tab>name:text}. */
  static String header(List<Column> columns) {
    return String.join(
        "\t",
        columns.stream()
            .map(column -> column.name() + ":" + column.type().name().toLowerCase(Locale.ROOT))
            .toList());
  }

  static List<Column> columns(String header) throws IOException {
    List<Column> columns = new ArrayList<>();
    for (String column : header.split("\t", -1)) {
      int colon = column.indexOf(':');
      try {
        String type = column.substring(colon + 1).toUpperCase(Locale.ROOT);
        columns.add(
            new Column(column.substring(0, Math.max(0, colon)), StoreExport.Type.valueOf(type)));
      } catch (IllegalArgumentException e) {
        throw new IOException("not the head of a table: " + header, e);
      }
    }
    return columns;
  }

  static String line(@Nullable Object[] row) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.length; i++) {
      if (i > 0) {
        line.append('\t');
      }
      append(line, row[i]);
    }
    return line.toString();
  }

  private static void append(StringBuilder line, @Nullable Object value) {
    switch (value) {
      case null -> line.append("\\N");
      case Boolean bool -> line.append(bool ? 't' : 'f');
      case byte[] octets -> line.append("\\\\x").append(HexFormat.of().formatHex(octets));
      default -> escape(line, value.toString());
    }
  }

  private static void escape(StringBuilder line, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> line.append("\\\\");
        case '\t' -> line.append("\\t");
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        default -> line.append(c);
      }
    }
  }

  static @Nullable Object[] row(String line, List<Column> columns) throws IOException {
    String[] fields = line.split("\t", -1);
    if (fields.length != columns.size()) {
      throw new IOException("a row of " + fields.length + " columns, not " + columns.size());
    }
    @Nullable Object[] row = new @Nullable Object[fields.length];
    try {
      for (int i = 0; i < fields.length; i++) {
        row[i] = fields[i].equals("\\N") ? null : value(fields[i], columns.get(i).type());
      }
    } catch (IllegalArgumentException e) {
      throw new IOException("a row that cannot be read", e);
    }
    return row;
  }

  private static Object value(String field, StoreExport.Type type) {
    return switch (type) {
      case LONG -> Long.valueOf(field);
      case INT -> Integer.valueOf(field);
      case BOOL -> field.equals("t");
      case TEXT -> field.indexOf('\\') < 0 ? field : unescape(field);
      case BYTES -> HexFormat.of().parseHex(field, Math.min(3, field.length()), field.length());
    };
  }

  private static String unescape(String field) {
    StringBuilder text = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && i + 1 < field.length()) {
        i++;
        c =
            switch (field.charAt(i)) {
              case 't' -> '\t';
              case 'n' -> '\n';
              case 'r' -> '\r';
              default -> field.charAt(i);
            };
      }
      text.append(c);
    }
    return text.toString();
  }
}
