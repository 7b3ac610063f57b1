package org.postrider.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Columns for people; numbers stand to the right. */
final class Table {
  private final List<String> header;
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... header) {
    this.header = List.of(header);
  }

  Table row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(String.valueOf(cell));
    }
    rows.add(row);
    return this;
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  void print(PrintWriter out, String indent) {
    int[] widths = new int[header.size()];
    boolean[] right = new boolean[header.size()];
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      widths[i] = header.get(i).length();
      right[i] = !rows.isEmpty();
      rows.forEach(row -> {
        String cell = row.get(column);
        widths[column] = Math.max(widths[column], cell.codePointCount(0, cell.length()));
        right[column] &= !cell.isEmpty() && Character.isDigit(cell.charAt(0));
      });
    }
    print(out, indent, header, widths, right);
    rows.forEach(row -> print(out, indent, row, widths, right));
  }

  private static void print(
      PrintWriter out, String indent, List<String> row, int[] widths, boolean[] right) {
    StringBuilder line = new StringBuilder(indent);
    for (int i = 0; i < widths.length; i++) {
      String cell = row.get(i);
      String padding = " ".repeat(widths[i] - cell.codePointCount(0, cell.length()));
      line.append(right[i] ? padding + cell : cell + padding).append("  ");
    }
    out.println(line.toString().stripTrailing());
  }
}
