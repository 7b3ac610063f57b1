package org.postrider.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** Reads what goes over the wire and checks it against the formal syntax of RFC 3501 §9. */
final class ImapSyntax {
  private static final Object NIL = new Object();

  private final byte[] bytes;
  private int at;

  private ImapSyntax(byte[] bytes) {
    this.bytes = bytes;
  }

  static void checkEnvelope(byte[] bytes) {
    envelope(parse(bytes));
  }

  static void checkBody(byte[] bytes, boolean extended) {
    body(parse(bytes), extended);
  }

  private static Object parse(byte[] bytes) {
    assertThat(bytes).doesNotContain(0);
    ImapSyntax syntax = new ImapSyntax(bytes);
    Object value = syntax.value();
    assertThat(syntax.at).isEqualTo(bytes.length);
    return value;
  }

  /** A list, a string, a number or NIL. */
  private Object value() {
    return switch (bytes[at]) {
      case '(' -> list();
      case '"' -> quoted();
      case '{' -> literal();
      case 'N' -> {
        assertThat(new String(bytes, at, 3, ISO_8859_1)).isEqualTo("NIL");
        at += 3;
        yield NIL;
      }
      default -> number();
    };
  }

  private List<Object> list() {
    List<Object> values = new ArrayList<>();
    at++;
    while (bytes[at] != ')') {
      // Addresses and bodies stand side by side without a space.
      boolean space = bytes[at] == ' ';
      boolean adjacentLists = bytes[at] == '(' && (at == 0 || bytes[at - 1] == ')');
      assertThat(values.isEmpty() ? !space : space || adjacentLists).as("at %d", at).isTrue();
      at += space ? 1 : 0;
      values.add(value());
    }
    at++;
    assertThat(values).isNotEmpty();
    return values;
  }

  private String quoted() {
    StringBuilder text = new StringBuilder();
    at++;
    while (bytes[at] != '"') {
      if (bytes[at] == '\\') {
        at++;
        assertThat(bytes[at] == '"' || bytes[at] == '\\').isTrue();
      }
      assertThat(bytes[at]).isGreaterThan((byte) 0).isNotEqualTo((byte) '\r');
      assertThat(bytes[at]).isNotEqualTo((byte) '\n');
      text.append((char) bytes[at++]);
    }
    at++;
    return text.toString();
  }

  private String literal() {
    int length = 0;
    for (at++; bytes[at] != '}'; at++) {
      length = length * 10 + Character.digit(bytes[at], 10);
    }
    assertThat(new String(bytes, at, 3, ISO_8859_1)).isEqualTo("}\r\n");
    at += 3 + length;
    return new String(bytes, at - length, length, ISO_8859_1);
  }

  private Long number() {
    int from = at;
    while (bytes[at] >= '0' && bytes[at] <= '9') {
      at++;
    }
    return Long.valueOf(new String(bytes, from, at - from, ISO_8859_1));
  }

  private static void envelope(Object value) {
    List<?> fields = listOf(value);
    assertThat(fields).hasSize(10);
    for (int i = 0; i < 10; i++) {
      if (i >= 2 && i <= 7) {
        addresses(fields.get(i));
      } else {
        nstring(fields.get(i));
      }
    }
  }

  private static void addresses(Object value) {
    if (value == NIL) {
      return;
    }
    boolean inGroup = false;
    for (Object address : listOf(value)) {
      List<?> pieces = listOf(address);
      assertThat(pieces).hasSize(4);
      pieces.forEach(ImapSyntax::nstring);
      if (pieces.get(3) == NIL) {
        assertThat(pieces.get(2) == NIL).isEqualTo(inGroup);
        inGroup = !inGroup;
      }
    }
    assertThat(inGroup).isFalse();
  }

  private static void body(Object value, boolean extended) {
    List<?> fields = listOf(value);
    int at = 0;
    if (fields.getFirst() instanceof List<?>) {
      while (fields.get(at) instanceof List<?> part) {
        body(part, extended);
        at++;
      }
      string(fields.get(at++));
      if (extended) {
        parameters(fields.get(at++));
      }
    } else {
      at = single(fields, extended);
    }
    if (extended) {
      at = extension(fields, at);
    }
    assertThat(at).isEqualTo(fields.size());
  }

  private static int single(List<?> fields, boolean extended) {
    String type = string(fields.get(0));
    String subtype = string(fields.get(1));
    parameters(fields.get(2));
    nstring(fields.get(3));
    nstring(fields.get(4));
    string(fields.get(5));
    assertThat(fields.get(6)).isInstanceOf(Long.class);
    int at = 7;
    boolean message =
        type.equalsIgnoreCase("message")
            && (subtype.equalsIgnoreCase("rfc822") || subtype.equalsIgnoreCase("global"));
    if (message) {
      envelope(fields.get(at++));
      body(fields.get(at++), extended);
    }
    if (message || type.equalsIgnoreCase("text")) {
      assertThat(fields.get(at++)).isInstanceOf(Long.class);
    }
    if (extended) {
      nstring(fields.get(at++));
    }
    return at;
  }

  private static int extension(List<?> fields, int from) {
    int at = from;
    if (fields.get(at) != NIL) {
      List<?> disposition = listOf(fields.get(at));
      assertThat(disposition).hasSize(2);
      string(disposition.get(0));
      parameters(disposition.get(1));
    }
    at++;
    if (fields.get(at) instanceof List<?> languages) {
      languages.forEach(ImapSyntax::string);
    } else {
      nstring(fields.get(at));
    }
    at++;
    nstring(fields.get(at++));
    return at;
  }

  private static void parameters(Object value) {
    if (value != NIL) {
      List<?> parameters = listOf(value);
      assertThat(parameters.size() % 2).isZero();
      parameters.forEach(ImapSyntax::string);
    }
  }

  private static List<?> listOf(Object value) {
    assertThat(value).isInstanceOf(List.class);
    return (List<?>) value;
  }

  private static String string(Object value) {
    assertThat(value).isInstanceOf(String.class);
    return (String) value;
  }

  private static void nstring(Object value) {
    assertThat(value == NIL || value instanceof String).isTrue();
  }
}
