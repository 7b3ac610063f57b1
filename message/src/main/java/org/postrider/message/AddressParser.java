package org.postrider.message;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.message.Address.Group;
import org.postrider.message.Address.Mailbox;

/**
 * Reads an address list (RFC 5322 §3.4, with the obsolete forms of §4.4) in one pass from left to
 * right, without recursion. Accepted beyond the grammar: 8-bit characters, semicolons between
 * addresses, empty elements, missing quotes, brackets and domains.
 */
final class AddressParser {
  private static final String SPECIALS = "()<>@,;:\"";

  private final String value;
  private final int addressesMax;
  private final List<Address> addresses = new ArrayList<>(2);
  private final List<Mailbox> members = new ArrayList<>(0);
  private @Nullable String group;
  private int count;
  private int at;

  /** The words of a display name or local part so far, and where in {@link #value} they began. */
  private final List<String> words = new ArrayList<>(4);

  private int elementStart;
  private String comment = "";

  AddressParser(String value, int addressesMax) {
    this.value = value;
    this.addressesMax = addressesMax;
  }

  List<Address> parse() {
    startElement();
    while (at < value.length() && count < addressesMax) {
      char c = value.charAt(at);
      switch (c) {
        case ' ', '\t' -> at++;
        case ',', ';' -> separator(c);
        case '(' -> comment = readComment();
        case ':' -> startGroup();
        case '<' -> {
          at++;
          angleAddress(String.join(" ", words));
        }
        case '@' -> bareAddress();
        case '"' -> words.add(readQuoted());
        case '>', ')' -> at++;
        default -> words.add(readAtom());
      }
    }
    endElement();
    endGroup();
    return addresses;
  }

  /** Mailboxes and groups that were found. */
  int count() {
    return count;
  }

  private void startElement() {
    words.clear();
    comment = "";
    elementStart = at;
  }

  private void separator(char c) {
    endElement();
    at++;
    if (c == ';') {
      endGroup();
    }
    startElement();
  }

  /** What stands between separators without at sign or bracket: a local part, or a mere name. */
  private void endElement() {
    if (words.size() == 1) {
      add(new Mailbox(comment, "", words.getFirst(), ""));
    } else if (!words.isEmpty()) {
      add(new Mailbox(String.join(" ", words), "", "", ""));
    }
    startElement();
  }

  private void startGroup() {
    at++;
    if (group == null) {
      group = String.join(" ", words);
      count++;
    }
    startElement();
  }

  private void endGroup() {
    if (group != null) {
      addresses.add(new Group(group, members));
      members.clear();
      group = null;
    }
  }

  private void add(Mailbox mailbox) {
    if (count >= addressesMax) {
      return;
    }
    count++;
    if (group == null) {
      addresses.add(mailbox);
    } else {
      members.add(mailbox);
    }
  }

  /** At the at sign of an address without brackets. */
  private void bareAddress() {
    at++;
    String localPart = takeLocalPart();
    String domain = readDomain();
    String name = String.join(" ", words);
    skipSpace();
    while (at < value.length() && value.charAt(at) == '(') {
      comment = readComment();
      skipSpace();
    }
    if (at < value.length() && value.charAt(at) == '<') { // an address as display name
      String text = value.substring(elementStart, at).strip();
      at++;
      angleAddress(text.startsWith("\"") ? localPart + '@' + domain : text);
      return;
    }
    add(new Mailbox(name.isEmpty() ? comment : name, "", localPart, domain));
    skipToSeparator();
    startElement();
  }

  /** Removes the local part from the end of the words: atoms that dots hold together. */
  private String takeLocalPart() {
    if (words.isEmpty()) {
      return "";
    }
    int first = words.size() - 1;
    while (first > 0 && (words.get(first).startsWith(".") || words.get(first - 1).endsWith("."))) {
      first--;
    }
    List<String> atoms = words.subList(first, words.size());
    String localPart = String.join("", atoms);
    atoms.clear();
    return localPart;
  }

  /** After the opening bracket. */
  private void angleAddress(String name) {
    skipSpace();
    String route = "";
    if (at < value.length() && value.charAt(at) == '@') {
      int colon = at;
      while (colon < value.length() && "<>:\"".indexOf(value.charAt(colon)) < 0) {
        colon++;
      }
      if (colon < value.length() && value.charAt(colon) == ':') {
        route = value.substring(at, colon).strip();
        at = colon + 1;
      }
    }
    StringBuilder localPart = new StringBuilder();
    while (at < value.length() && "@>,;<".indexOf(value.charAt(at)) < 0) {
      char c = value.charAt(at);
      switch (c) {
        case '"' -> localPart.append(readQuoted());
        case '(' -> comment = readComment();
        case ' ', '\t', ')', ':' -> at++;
        default -> localPart.append(readAtom());
      }
    }
    String domain = "";
    if (at < value.length() && value.charAt(at) == '@') {
      at++;
      domain = readDomain();
    }
    while (at < value.length() && "><,;".indexOf(value.charAt(at)) < 0) {
      at++;
    }
    if (at < value.length() && value.charAt(at) == '>') {
      at++;
    }
    skipToSeparator();
    add(new Mailbox(name.isEmpty() ? comment : name, route, localPart.toString(), domain));
    startElement();
  }

  /** Passes over what follows an address; a comment there is remembered. */
  private void skipToSeparator() {
    while (at < value.length()) {
      switch (value.charAt(at)) {
        case ',', ';', '<' -> {
          return;
        }
        case '(' -> comment = readComment();
        case '"' -> readQuoted();
        default -> at++;
      }
    }
  }

  private String readDomain() {
    StringBuilder domain = new StringBuilder();
    while (at < value.length()) {
      char c = value.charAt(at);
      if (c == '[') {
        int end = at + 1;
        while (end < value.length() && "]>,".indexOf(value.charAt(end)) < 0) {
          end++;
        }
        end = end < value.length() && value.charAt(end) == ']' ? end + 1 : end;
        domain.append(value, at, end);
        at = end;
      } else if (c == ' ' || c == '\t' || c == '(') {
        if (!continuesDomain(domain)) {
          return domain.toString();
        }
      } else if (SPECIALS.indexOf(c) < 0) {
        domain.append(readAtom());
      } else if (c == '@') {
        domain.append(c);
        at++;
      } else {
        return domain.toString();
      }
    }
    return domain.toString();
  }

  /** Passes over space and comments; whether a dot before or after says that the domain goes on. */
  private boolean continuesDomain(StringBuilder domain) {
    while (at < value.length()) {
      char c = value.charAt(at);
      if (c == '(') {
        comment = readComment();
      } else if (c == ' ' || c == '\t') {
        at++;
      } else {
        return c == '.' || domain.isEmpty() || domain.charAt(domain.length() - 1) == '.';
      }
    }
    return false;
  }

  private void skipSpace() {
    while (at < value.length() && (value.charAt(at) == ' ' || value.charAt(at) == '\t')) {
      at++;
    }
  }

  private String readAtom() {
    int from = at++;
    while (at < value.length()) {
      char c = value.charAt(at);
      if (c == ' ' || c == '\t' || SPECIALS.indexOf(c) >= 0) {
        break;
      }
      at++;
    }
    return value.substring(from, at);
  }

  private String readQuoted() {
    StringBuilder text = new StringBuilder();
    at++;
    while (at < value.length()) {
      char c = value.charAt(at++);
      if (c == '"') {
        break;
      }
      if (c == '\\' && at < value.length()) {
        c = value.charAt(at++);
      }
      text.append(c);
    }
    return text.toString();
  }

  /** The text of a comment, without its own parentheses. */
  private String readComment() {
    StringBuilder text = new StringBuilder();
    int depth = 0;
    while (at < value.length()) {
      char c = value.charAt(at++);
      if (c == ')' && --depth == 0) {
        break;
      }
      if (c == '(' && depth++ == 0) {
        continue;
      }
      if (c == '\\' && at < value.length()) {
        c = value.charAt(at++);
      }
      text.append(c);
    }
    return text.toString().strip();
  }
}
